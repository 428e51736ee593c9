import { useSession } from "daemun-client/react";
import { useState } from "react";
import { useNavigate } from "react-router";

import { Form } from "./Form";

const fields = [
  { name: "identifier", label: "Username or email", type: "text", autoComplete: "username" },
  { name: "password", label: "Password", type: "password", autoComplete: "current-password" },
];
const codeField = [{ name: "code", label: "Code of your authenticator app", type: "text", autoComplete: "one-time-code" }];

export function LogIn() {
  const { client } = useSession();
  const navigate = useNavigate();
  const [challenge, setChallenge] = useState<string>();

  async function logIn({ identifier = "", password = "" }: Record<string, string>) {
    const result = await client.logIn({ identifier, password });
    if (result.status === "second_factor_required") setChallenge(result.challenge);
    else await navigate("/");
  }

  async function complete({ code = "" }: Record<string, string>) {
    await client.completeLogIn({ challenge: challenge!, code });
    await navigate("/");
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
