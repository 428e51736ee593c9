// What somebody does who is not logged in: log in, sign up, confirm an address, and find a way back without the password.

import { call, idempotencyKey } from "./api.js";
import { withProof } from "./captcha.js";
import { bind, fill } from "./form.js";
import { text } from "./texts.js";
import { bid, onClick, part, say, show } from "./view.js";

/** Binds the forms. `enter(user)` is called with whoever is logged in then. */
export function receive(enter) {
  bind(part("login"), async (body) => {
    bid();
    try {
      await enter(await logIn(part("login"), body));
    } catch (problem) {
      if (problem.code !== "email_not_verified") throw problem;
      const email = body.identifier.includes("@") ? body.identifier : "";
      askForCode({ email, password: body.password });
    }
  });

  // A sign-up whose answer was lost is repeated under its key and finds the account that it made. Another sign-up is
  // another matter and gets another key; the password is no part of it, as it may be corrected in between.
  const attempt = { of: "", key: "" };

  bind(part("signup"), async (body) => {
    const { password, ...of } = body;
    if (attempt.of !== JSON.stringify(of)) Object.assign(attempt, { of: JSON.stringify(of), key: idempotencyKey() });
    const headers = { "Idempotency-Key": attempt.key };
    const answer = await withProof(part("signup"), (proof) =>
      call("POST", "/signup", { ...body, ...proof, transport: "cookie" }, headers));
    attempt.of = "";
    // Without a user there is no account yet: whoever reads the mailbox makes it one.
    if (answer.user) return enter(answer.user);
    askForCode({ email: body.email, password });
  });

  bind(part("verify"), async (body) => {
    await call("POST", "/email/verify", body);
    await enter(await logIn(part("verify"), { identifier: body.email, password: body.password }));
    say(text("confirmed"));
  });

  onClick(part("verify-resend"), async () => {
    const input = part("verify-email");
    if (!input.value) return input.focus();
    await call("POST", "/email/resend", { email: input.value.trim() });
    say(text("sent"));
  });

  bind(part("forgot"), async (body) => {
    await call("POST", "/password/forgot", body);
    fill(part("reset"), body);
    go("#reset", "sentReset");
  });

  bind(part("reset"), async (body) => {
    await call("POST", "/password/reset", body);
    fill(part("login"), { identifier: body.email });
    go("#login", "wasReset");
  });
}

async function logIn(form, body) {
  const { user } = await withProof(form, (proof) => call("POST", "/login", { ...body, ...proof, transport: "cookie" }));
  return user;
}

function askForCode(known) {
  fill(part("verify"), known);
  go("#verify", "confirmFirst");
}

/** Turns to another form, with a text by name above it. */
function go(hash, said) {
  history.pushState(null, "", hash);
  show("visitor");
  bid(said);
}
