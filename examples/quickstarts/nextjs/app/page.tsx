import { currentUser } from "@/lib/current-user";

import { LogOut } from "./log-out";

export default async function Home() {
  const user = await currentUser();
  if (!user) return <h1>You are not logged in</h1>;
  return (
    <>
      <h1>Hello, {user.username}</h1>
      <LogOut />
    </>
  );
}
