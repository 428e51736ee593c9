"use client";

import { useSession } from "daemun-client/react";
import { useRouter } from "next/navigation";
import { useState } from "react";

import { forgetAccessToken } from "@/lib/actions";

import { Form } from "../form";

const fields = [
  { name: "username", label: "Username", type: "text", autoComplete: "username" },
  { name: "email", label: "Email", type: "email", autoComplete: "email" },
  { name: "password", label: "Password", type: "password", autoComplete: "new-password" },
];

export default function SignUp() {
  const { client } = useSession();
  const router = useRouter();
  const [isMailed, setMailed] = useState(false);
  if (isMailed) return <p>Open the link in the mail that we sent you. Then log in.</p>;

  async function signUp({ username = "", email = "", password = "" }: Record<string, string>) {
    const result = await client.signUp({ username, email, password });
    if (result.status === "verification_required") return setMailed(true);
    await forgetAccessToken();
    router.push("/");
    router.refresh();
  }
  return (
    <>
      <h1>Sign up</h1>
      <Form fields={fields} submit="Sign up" onSubmit={signUp} />
    </>
  );
}
