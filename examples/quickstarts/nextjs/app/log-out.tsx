"use client";

import { useSession } from "daemun-client/react";
import { useRouter } from "next/navigation";

import { forgetAccessToken } from "@/lib/actions";

export function LogOut() {
  const { client } = useSession();
  const router = useRouter();

  async function logOut() {
    await client.logOut();
    await forgetAccessToken();
    router.refresh();
  }
  return <button onClick={logOut}>Log out</button>;
}
