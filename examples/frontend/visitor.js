// The forms of a visitor without a session: login, login with a mailed code, signup, email verification and password reset.

import { call, idempotencyKey } from "./api.js";
import { withProof } from "./captcha.js";
import { config } from "./config.js";
import { bind, fill } from "./form.js";
import { hasPasskeys, offerPasskeys, stopOffer, usePasskey } from "./passkey.js";
import { bindSecondStep, firstStep } from "./second-step.js";
import { text } from "./texts.js";
import { byId, onClick, report, show, showNotice, toast } from "./view.js";

/** Binds the forms. `enter(user)` is called once there is a session. */
export function bindVisitorForms(enter) {
  bind(byId("login"), async (body) => {
    showNotice();
    try {
      const user = await logIn(body);
      if (user) await enter(user);
    } catch (problem) {
      if (problem.code !== "email_not_verified") throw problem;
      const email = body.identifier.includes("@") ? body.identifier : "";
      askForCode({ email, password: body.password });
    }
  });

  // A signup with a lost response is retried with its key and finds the account that it created. Another signup gets
  // another key. The password does not count, because people may correct it between two attempts.
  const attempt = { of: "", key: "" };

  bind(byId("signup"), async (body) => {
    const { password, ...of } = body;
    if (attempt.of !== JSON.stringify(of)) Object.assign(attempt, { of: JSON.stringify(of), key: idempotencyKey() });
    const headers = { "Idempotency-Key": attempt.key };
    const result = await withProof(byId("signup"), (proof) =>
      call("POST", "/signup", { ...body, ...proof, transport: "cookie" }, headers));
    attempt.of = "";
    // Without a user, the account exists once the email is verified.
    if (result.user) return enter(result.user);
    askForCode({ email: body.email, password });
  });

  onClick(byId("login-passkey"), async () => {
    showNotice();
    try {
      const options = await call("POST", "/login/passkey/options", {});
      await enter(await logInWithPasskey(await usePasskey(options)));
    } catch (problem) {
      offerPasskeyLogin(enter);
      throw problem;
    }
  });

  bind(byId("login-code"), async (body) => {
    await withProof(byId("login-code"), (proof) => call("POST", "/login/code", { ...body, ...proof }));
    fill(byId("login-code-verify"), body);
    go("#login-code-verify", "mailRequested");
  });

  bind(byId("login-code-verify"), async (body) => {
    const user = await firstStep(() => call("POST", "/login/code/verify", { ...body, transport: "cookie" }));
    if (user) await enter(user);
  });

  bindSecondStep(enter);

  bind(byId("verify"), async (body) => {
    const user = await firstStep(() => call("POST", "/email/verify", { ...body, transport: "cookie" }));
    if (user) await enter(user);
    toast(text("verified"));
  });

  onClick(byId("verify-resend"), async () => {
    const input = byId("verify-email");
    if (!input.value) return input.focus();
    await call("POST", "/email/resend", { email: input.value.trim() });
    toast(text("sent"));
  });

  bind(byId("forgot"), async (body) => {
    await call("POST", "/password/forgot", body);
    fill(byId("reset"), body);
    go("#reset", "mailRequested");
  });

  bind(byId("reset"), async (body) => {
    const user = await firstStep(() => call("POST", "/password/reset", { ...body, transport: "cookie" }));
    if (user) await enter(user);
    toast(text("passwordReset"));
  });
}

/** Returns the user, or nothing if the second step follows. */
const logIn = (body) => firstStep(() =>
  withProof(byId("login"), (proof) => call("POST", "/login", { ...body, ...proof, transport: "cookie" })));

/** Logs in with a passkey, which is both factors in one. */
async function logInWithPasskey(proof) {
  const remember = byId("login").elements.remember.checked;
  const { user } = await call("POST", "/login/passkey", { ...proof, remember, transport: "cookie" });
  return user;
}

/** Offers passkeys in the login form while it is shown. */
export function offerPasskeyLogin(enter) {
  byId("login-passkey").hidden = !config?.passkeys || !hasPasskeys();
  if (byId("login-passkey").hidden || byId("login").hidden) return stopOffer();
  offerPasskeys(async (proof) => {
    try {
      await enter(await logInWithPasskey(proof));
    } catch (problem) {
      report(problem);
      offerPasskeyLogin(enter);
    }
  });
}

function askForCode(values) {
  fill(byId("verify"), values);
  go("#verify", "verifyFirst");
}

/** Opens another form with a notice above it. */
function go(hash, notice) {
  history.pushState(null, "", hash);
  show("visitor");
  showNotice(notice);
}
