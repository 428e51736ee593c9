"use client";

import { useSession } from "daemun-client/react";
import { useRouter } from "next/navigation";
import { useState } from "react";

import { forgetAccessToken } from "@/lib/actions";

import { Form } from "../form";

const fields = [
  { name: "identifier", label: "Username or email", type: "text", autoComplete: "username" },
  { name: "password", label: "Password", type: "password", autoComplete: "current-password" },
];
const codeField = [{ name: "code", label: "Code of your authenticator app", type: "text", autoComplete: "one-time-code" }];

export default function LogIn() {
  const { client } = useSession();
  const router = useRouter();
  const [challenge, setChallenge] = useState<string>();

  async function logIn({ identifier = "", password = "" }: Record<string, string>) {
    const result = await client.logIn({ identifier, password });
    if (result.status === "second_factor_required") setChallenge(result.challenge);
    else await goHome();
  }

  async function complete({ code = "" }: Record<string, string>) {
    await client.completeLogIn({ challenge: challenge!, code });
    await goHome();
  }

  async function goHome() {
    await forgetAccessToken();
    router.push("/");
    router.refresh();
  }

  return (
    <>
      <h1>Log in</h1>
      {challenge === undefined
        ? <Form key="password" fields={fields} submit="Log in" onSubmit={logIn} />
        : <Form key="code" fields={codeField} submit="Continue" onSubmit={complete} />}
    </>
  );
}
