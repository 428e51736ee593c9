import { redirect } from "next/navigation";

import { currentUser } from "@/lib/current-user";

export default async function Private() {
  // `proxy.ts` has validated the token. A page that reads data checks again: a session may end before its token.
  const user = await currentUser();
  if (!user) redirect("/login");
  return (
    <>
      <h1>Members only</h1>
      <p>Your email is {user.email}.</p>
    </>
  );
}
