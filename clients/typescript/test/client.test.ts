// Tests of the client in Node, against the service at SERVICE_URL.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

import { Daemun, DaemunError, type Code, type LogIn, type LogInResult, type SignUp } from "../src/index.js";

const baseUrl = process.env["SERVICE_URL"];
assert.ok(baseUrl, "SERVICE_URL must be set");
const newClient = () => new Daemun({ baseUrl, transport: "token" });
const password = "Correct-Horse-7-battery";
/** Returns the code that an authenticator app shows, some steps from now. */
async function codeOf(secret: string, steps = 0): Promise<string> {
  const at = new Date(Date.now() + steps * 30_000).toISOString();
  const { stdout } = await promisify(execFile)("oathtool", ["--totp", "--base32", `--now=${at}`, secret]);
  return stdout.trim();
}
const failsWith = (code: Code) => (error: unknown) => error instanceof DaemunError && error.code === code;

test("signs up, restores a session from its token, and logs out", async () => {
  const minji = newClient();
  await assert.rejects(minji.me(), failsWith("not_authenticated"));
  assert.deepEqual(await minji.session(), { user: null, session: null });
  const signedUp = await minji.signUp({ username: "Minji", email: "minji@example.com", password });
  assert.ok(signedUp.status === "logged_in");
  const { user } = signedUp;
  assert.equal(user.username, "Minji");
  assert.deepEqual(await minji.me(), user);

  const later = new Daemun({ baseUrl, transport: "token", token: minji.token });
  assert.deepEqual(await later.me(), user, "a saved token is the session");
  const current = await later.session();
  assert.deepEqual(current.user, user);
  assert.deepEqual(Object.keys(current.session ?? {}).toSorted(), ["expires_at", "id"]);

  await minji.logOut();
  assert.equal(minji.token, undefined);
  await assert.rejects(later.me(), failsWith("not_authenticated"));
  await assert.rejects(later.session(), failsWith("not_authenticated"), "a dead token is an error");
  await later.logOut();
});

test("logs in by each name, changes and deletes the account", async () => {
  const names = ["minji@example.com", "minji", "MINJI@example.com"];
  const [here, there] = await Promise.all(names.map(async (identifier) => {
    const client = newClient();
    await client.logIn({ identifier, password });
    return client;
  }));
  assert.ok(here && there);
  assert.equal((await here.sessions()).length, 3);
  const [other] = (await here.sessions()).filter(({ current }) => !current);
  await here.endSession(other!.id);
  assert.equal((await here.sessions()).length, 2);
  assert.equal((await here.updateMe({ username: "민지" })).username, "민지");
  const named = await here.updateMe({ display_name: "김민지", profile: { theme: "dark", sizes: [1, null] } });
  assert.deepEqual([named.display_name, named.profile], ["김민지", { theme: "dark", sizes: [1, null] }]);
  assert.deepEqual([named.roles, named.metadata], [[], {}]);
  const cleared = await here.updateMe({ display_name: null, profile: null });
  assert.deepEqual([cleared.display_name, cleared.profile, cleared.username], [null, {}, "민지"]);
  await here.changePassword({ current_password: password, new_password: "nine lanterns over the gate" });
  await here.endOtherSessions();
  assert.match(here.deviceToken ?? "", /^dmd_/);
  await assert.rejects(there.me(), failsWith("not_authenticated"));
  await assert.rejects(here.confirm({ password }), failsWith("current_password_wrong"));
  await here.confirm({ password: "nine lanterns over the gate" });
  await here.deleteMe();
  await assert.rejects(newClient().logIn({ identifier: "민지", password }), failsWith("invalid_credentials"));
});

test("sets up an authenticator app, logs in with it, and confirms changes", async () => {
  let ended = 0;
  const yuna = new Daemun({ baseUrl, transport: "token", onUnauthenticated: () => void (ended += 1) });
  await yuna.signUp({ username: "yuna", email: "yuna@example.com", password });
  const { secret, uri, qr_code } = await yuna.setUpTotp();
  assert.match(uri, /^otpauth:\/\/totp\//);
  assert.match(qr_code, /^data:image\/svg\+xml/);
  await assert.rejects(yuna.enableTotp("000000"), failsWith("code_invalid"));
  const recoveryCodes = await yuna.enableTotp(await codeOf(secret, -1));
  assert.equal(recoveryCodes.length, 10);
  assert.ok((await yuna.secondFactors()).totp);
  await yuna.logOut();
  await yuna.logOut();

  const required = await yuna.logIn({ identifier: "yuna", password });
  assert.ok(required.status === "second_factor_required");
  assert.deepEqual(required.methods, ["totp", "recovery_code"]);
  const { challenge } = required;
  await assert.rejects(yuna.completeLogIn({ challenge, code: "000000" }), failsWith("code_invalid"));
  await assert.rejects(yuna.logIn({ identifier: "yuna", password: "wrong" }), failsWith("invalid_credentials"));
  assert.equal(ended, 0, "no login has ended a session");
  assert.equal((await yuna.completeLogIn({ challenge, recovery_code: recoveryCodes[0]! })).username, "yuna");
  assert.equal((await yuna.secondFactors()).recovery_codes_left, 9);

  const unconfirmed = await yuna.disableTotp().catch((thrown: unknown) => thrown);
  assert.ok(unconfirmed instanceof DaemunError);
  assert.deepEqual([unconfirmed.code, unconfirmed.methods], ["confirmation_required", ["totp", "recovery_code"]]);
  await yuna.confirm({ password, code: await codeOf(secret) });
  assert.equal((await yuna.renewRecoveryCodes()).length, 10);
  await yuna.disableTotp();
  assert.equal((await yuna.secondFactors()).totp, null);
  assert.ok(Array.isArray(await yuna.devices()));
  await yuna.logOut();
  await assert.rejects(yuna.me(), failsWith("not_authenticated"));
  assert.equal(ended, 1);
});

test("lists the events of the account page by page, and exports its data", async () => {
  const nari = newClient();
  await nari.signUp({ username: "nari", email: "nari@example.com", password });
  await nari.updateMe({ display_name: "나리" });
  const newest = await nari.events({ limit: 1 });
  assert.deepEqual(newest.events.map(({ type }) => type), ["user.updated"]);
  assert.ok(newest.next_cursor);
  const { events, next_cursor } = await nari.events({ cursor: newest.next_cursor, limit: 1 });
  assert.deepEqual(events.map(({ type, actor }) => [type, actor]), [["user.signed_up", "owner"]]);
  assert.equal(next_cursor, null);
  await assert.rejects(nari.events({ cursor: "unknown" }), failsWith("cursor_invalid"));

  const data = await nari.exportMe();
  assert.deepEqual(data.user, await nari.me());
  assert.deepEqual(data.events.map(({ type }) => type), ["data.exported", "user.updated", "user.signed_up"]);
  assert.equal(data.sessions.length, 1);
  await nari.logIn({ identifier: "nari", password });
  await nari.logOut();
  await assert.rejects(nari.exportMe(), failsWith("not_authenticated"));
});

test("throws an error that lists every rejected field", async () => {
  const error = await newClient().signUp({ username: "a", email: "nobody", password: "short" }).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof DaemunError);
  assert.deepEqual([error.status, error.code, error.name], [422, "validation_failed", "DaemunError"]);
  assert.deepEqual(error.errors.map(({ field }) => field).toSorted(), ["email", "password", "username"]);
  assert.equal(error.problem?.instance, "/signup");
  assert.equal(error.hint, error.problem?.hint);
  assert.match(error.hint ?? "", /`errors`/);
});

test("returns the configuration that forms depend on", async () => {
  const { captcha, email_verification, mail, username, password } = await newClient().config();
  assert.deepEqual({ captcha, email_verification, mail }, { captcha: "off", email_verification: "off", mail: false });
  assert.deepEqual([username, password], [{ min_length: 2, max_length: 32 }, { min_length: 8, max_length: 128 }]);
});

test("retries a signup with its idempotency key", async () => {
  const account = { username: "twice", email: "twice@example.com", password };
  const idempotencyKey = crypto.randomUUID();
  const [first, second] = [await newClient().signUp(account, { idempotencyKey }), await newClient().signUp(account, { idempotencyKey })];
  assert.ok(first.status === "logged_in" && second.status === "logged_in");
  assert.equal(first.user.id, second.user.id);
  await assert.rejects(newClient().signUp(account), failsWith("username_taken"));
});

test("reports missing mail on every route that needs it", async () => {
  const sora = newClient();
  await sora.signUp({ username: "sora", email: "sora@example.com", password });
  const code = "000000";
  for (const call of [
    () => sora.verifyEmail({ code }),
    () => sora.resendVerification(),
    () => sora.changeEmail({ email: "other@example.com" }),
    () => newClient().forgotPassword({ email: "sora@example.com" }),
    () => newClient().resetPassword({ email: "sora@example.com", code, new_password: "nine lanterns over the gate" }),
  ]) {
    await assert.rejects(call(), failsWith("mail_not_configured"));
  }
});

test("reports that login with a mailed code is off", async () => {
  await assert.rejects(newClient().requestLogInCode({ email: "sora@example.com" }), failsWith("not_found"));
  await assert.rejects(newClient().logInWithCode({ email: "sora@example.com", code: "000000" }), failsWith("not_found"));
  assert.equal((await newClient().config()).email_log_in, false);
});

test("caches the access token until the session ends", async () => {
  const jun = newClient();
  await jun.signUp({ username: "jun", email: "jun@example.com", password });
  const token = await jun.accessToken();
  assert.equal(token.split(".").length, 3);
  assert.equal(await jun.accessToken(), token);
  await jun.logOut();
  await assert.rejects(jun.accessToken(), failsWith("not_authenticated"));
});

test("informs listeners of each change of the session", async () => {
  const seen: (string | null)[] = [];
  const areum = newClient();
  const unsubscribe = areum.onSessionChange((user) => seen.push(user && user.username));
  await areum.signUp({ username: "areum", email: "areum@example.com", password });
  await areum.updateMe({ username: "Areum" });
  await areum.logOut();
  await areum.logIn({ identifier: "areum", password });
  const other = new Daemun({ baseUrl, transport: "token", token: areum.token });
  await other.logOut();
  await assert.rejects(areum.me(), failsWith("not_authenticated"));
  assert.deepEqual(seen, ["areum", "Areum", null, "Areum", null]);
  unsubscribe();
  await areum.logIn({ identifier: "areum", password });
  assert.equal(seen.length, 5);
});

test("distinguishes a proxy's response, a service's response and no response", async () => {
  const page = () => Promise.resolve(new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "Retry-After": "7" } }));
  const error = await new Daemun({ baseUrl, transport: "token", fetch: page }).me().catch((thrown: unknown) => thrown);
  assert.ok(error instanceof DaemunError);
  assert.deepEqual([error.status, error.code, error.errors, error.retryAfter], [502, undefined, [], 7]);
  await assert.rejects(new Daemun({ baseUrl: "http://127.0.0.1:1", transport: "token" }).me(), TypeError);
});

test("rejects invalid requests at compile time", () => {
  // @ts-expect-error the identifier is missing
  const nameless: LogIn = { password };
  // @ts-expect-error the identifier has one name
  const named: LogIn = { identifier: "a", username: "a", password };
  // @ts-expect-error no such field
  const unknown: SignUp = { username: "a", email: "a@example.com", password, role: "admin" };
  // @ts-expect-error no such code
  const code: Code = "unheard_of";
  // @ts-expect-error a login may need a second factor first
  const userOf = (result: LogInResult) => result.user;
  assert.ok(nameless && named && unknown && code && userOf);
});
