// Uses every part of the packed client, under `tsc --strict`.

import { Daemun, DaemunError, hasPasskeys, solveCaptcha, type LogInResult, type SignUpResult, type User } from "daemun-client";
import { createAdminClient } from "daemun-client/admin";
import { SessionProvider, useSession } from "daemun-client/react";
import { createRoot } from "react-dom/client";

const baseUrl = new URLSearchParams(location.search).get("service")!;
const daemun = new Daemun({ baseUrl, transport: "token" });
const account = { username: "minji", email: "minji@example.com", password: "Correct-Horse-7-battery" };

/** Returns the text for a result. A result that is not handled does not compile. */
function textOf(result: SignUpResult | LogInResult): string {
  switch (result.status) {
    case "logged_in": return result.user.username;
    case "verification_required": return "mailed";
    case "second_factor_required": return result.methods.join();
  }
}

function Page() {
  const session = useSession();
  if (session.status === "failed") return <p>{String(session.error)}</p>;
  if (session.status !== "authenticated") {
    return (
      <>
        <p>{session.status}</p>
        <button onClick={() => session.client.signUp(account).catch(report)}>Sign up</button>
        <button onClick={() => session.client.logIn({ identifier: "minji", password: account.password }).then(textOf, report)}>Log in</button>
      </>
    );
  }
  const user: User = session.user;
  return <><p>{user.username}</p><button onClick={() => daemun.logOut()}>Log out</button></>;
}

function report(error: unknown) {
  document.title = error instanceof DaemunError ? `${error.code}` : `${error}`;
}

createRoot(document.getElementById("root")!).render(<SessionProvider client={daemun}><Page /></SessionProvider>);
Object.assign(globalThis, { hasPasskeys, solveCaptcha, createAdminClient });
