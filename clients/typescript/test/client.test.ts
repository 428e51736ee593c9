// The client in Node, beside a service that SERVICE_URL names.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Daemun, Refusal, type Code, type LogIn, type SignUp } from "../src/index.js";

const baseUrl = process.env["SERVICE_URL"];
assert.ok(baseUrl, "SERVICE_URL says where the service is");
const person = () => new Daemun({ baseUrl, transport: "token" });
const password = "Correct-Horse-7-battery";
const refusedAs = (code: Code) => (error: unknown) => error instanceof Refusal && error.code === code;

test("signs up, is recognised, and is nobody after the log-out", async () => {
  const minji = person();
  await assert.rejects(minji.me(), refusedAs("not_authenticated"));
  const user = await minji.signUp({ username: "Minji", email: "minji@example.com", password });
  assert.equal(user?.username, "Minji");
  assert.deepEqual(await minji.me(), user);

  const later = new Daemun({ baseUrl, transport: "token", token: minji.token });
  assert.deepEqual(await later.me(), user, "a saved token is the session");

  await minji.logOut();
  assert.equal(minji.token, undefined);
  await assert.rejects(later.me(), refusedAs("not_authenticated"));
  await later.logOut();
});

test("logs in by each name, changes and deletes the account", async () => {
  const names = ["minji@example.com", "minji", "MINJI@example.com"];
  const [here, there] = await Promise.all(names.map(async (identifier) => {
    const client = person();
    await client.logIn({ identifier, password });
    return client;
  }));
  assert.ok(here && there);
  assert.equal((await here.sessions()).length, 3);
  const [other] = (await here.sessions()).filter(({ current }) => !current);
  await here.endSession(other!.id);
  assert.equal((await here.sessions()).length, 2);
  assert.equal((await here.updateMe({ username: "민지" })).username, "민지");
  await here.changePassword({ current_password: password, new_password: "nine lanterns over the gate" });
  await here.endOtherSessions();
  assert.match(here.deviceToken ?? "", /^dmd_/);
  await assert.rejects(there.me(), refusedAs("not_authenticated"));
  await assert.rejects(here.deleteMe({ current_password: password }), refusedAs("current_password_wrong"));
  await here.deleteMe({ current_password: "nine lanterns over the gate" });
  await assert.rejects(person().logIn({ identifier: "민지", password }), refusedAs("invalid_credentials"));
});

test("throws what was refused, field by field", async () => {
  const refusal = await person().signUp({ username: "a", email: "nobody", password: "short" }).catch((error: unknown) => error);
  assert.ok(refusal instanceof Refusal);
  assert.deepEqual([refusal.status, refusal.code, refusal.name], [422, "validation_failed", "Refusal"]);
  assert.deepEqual(refusal.errors.map(({ field }) => field).toSorted(), ["email", "password", "username"]);
  assert.equal(refusal.problem?.instance, "/signup");
});

test("repeats a sign-up under its key", async () => {
  const account = { username: "twice", email: "twice@example.com", password };
  const idempotencyKey = crypto.randomUUID();
  const [first, second] = [await person().signUp(account, { idempotencyKey }), await person().signUp(account, { idempotencyKey })];
  assert.equal(first?.id, second?.id);
  await assert.rejects(person().signUp(account), refusedAs("username_taken"));
});

test("speaks of the mailbox", async () => {
  const sora = person();
  await sora.signUp({ username: "sora", email: "sora@example.com", password });
  const code = "000000";
  for (const call of [
    () => sora.verifyEmail({ code }),
    () => sora.resendVerification(),
    () => sora.changeEmail({ email: "other@example.com", current_password: password }),
    () => person().forgotPassword({ email: "sora@example.com" }),
    () => person().resetPassword({ email: "sora@example.com", code, new_password: "nine lanterns over the gate" }),
  ]) {
    await assert.rejects(call(), refusedAs("mail_not_configured"));
  }
});

test("shows neighbours one token as long as it is good", async () => {
  const jun = person();
  await jun.signUp({ username: "jun", email: "jun@example.com", password });
  const token = await jun.accessToken();
  assert.equal(token.split(".").length, 3);
  assert.equal(await jun.accessToken(), token);
  await jun.logOut();
  await assert.rejects(jun.accessToken(), refusedAs("not_authenticated"));
});

test("tells a proxy's answer from the service's, and a silence from both", async () => {
  const page = () => Promise.resolve(new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "Retry-After": "7" } }));
  const refusal = await new Daemun({ baseUrl, transport: "token", fetch: page }).me().catch((error: unknown) => error);
  assert.ok(refusal instanceof Refusal);
  assert.deepEqual([refusal.status, refusal.code, refusal.errors, refusal.retryAfter], [502, undefined, [], 7]);
  await assert.rejects(new Daemun({ baseUrl: "http://127.0.0.1:1", transport: "token" }).me(), TypeError);
});

test("lets the compiler refuse what the service would", () => {
  // @ts-expect-error the identifier is missing
  const nameless: LogIn = { password };
  // @ts-expect-error the identifier has one name
  const named: LogIn = { identifier: "a", username: "a", password };
  // @ts-expect-error no such field
  const unknown: SignUp = { username: "a", email: "a@example.com", password, role: "admin" };
  // @ts-expect-error no such code
  const code: Code = "unheard_of";
  assert.ok(nameless && named && unknown && code);
});
