import { useSession } from "daemun-client/react";
import { useState } from "react";
import { useNavigate } from "react-router";

import { Form } from "./Form";

const fields = [
  { name: "username", label: "Username", type: "text", autoComplete: "username" },
  { name: "email", label: "Email", type: "email", autoComplete: "email" },
  { name: "password", label: "Password", type: "password", autoComplete: "new-password" },
];

export function SignUp() {
  const { client } = useSession();
  const navigate = useNavigate();
  const [isMailed, setMailed] = useState(false);
  if (isMailed) return <p>Open the link in the mail that we sent you. Then log in.</p>;

  return (
    <>
      <h1>Sign up</h1>
      <Form fields={fields} submit="Sign up" onSubmit={async ({ username = "", email = "", password = "" }) => {
        const result = await client.signUp({ username, email, password });
        if (result.status === "verification_required") setMailed(true);
        else await navigate("/");
      }} />
    </>
  );
}
