// The TypeScript client in Chromium, on a page of another port of the same site, with the cookie and with a token.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { startBrowser } from "../support/browser.js";
import { startClientFiles } from "../support/client-files.js";
import { mailbox } from "../support/mailbox.js";
import { startService, stopAll } from "../support/service.js";
import { addAuthenticator } from "../support/virtual-authenticator.js";

const password = "Correct-Horse-7-battery";
const another = "nine lanterns over the gate";
let files, service, required, browser;
before(async () => {
  files = await startClientFiles("localhost");
  const settings = { DAEMUN_CORS_ORIGINS: files.url, DAEMUN_UNSAFE_FAST_HASHES: "true", DAEMUN_BCRYPT_COST: "4", DAEMUN_CAPTCHA: "off" };
  service = await startService({ ...settings, DAEMUN_PASSKEY_RP_ID: "localhost" });
  required = await startService({ ...settings, DAEMUN_MAIL_URL: "file://mail", DAEMUN_EMAIL_VERIFICATION: "required", DAEMUN_EMAIL_LOG_IN: "on" });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await stopAll(service, required, files);
});

for (const transport of ["cookie", "token"]) {
  test(`signs up, keeps the session after a reload, and logs out: ${transport}`, async () => {
    const context = await browser.newContext();
    const tab = await context.newPage();
    await tab.goto(files.url);
    const account = { username: `Minji.${transport}`, email: `${transport}@example.com`, password };
    const options = { baseUrl: service.url.replace("127.0.0.1", "localhost"), transport };

    const saved = await tab.evaluate(async ({ account, options }) => {
      const { Daemun } = await import("daemun-client");
      const daemun = new Daemun(options);
      await daemun.signUp(account);
      return daemun.token;
    }, { account, options });
    assert.equal(typeof saved, transport === "token" ? "string" : "undefined", "no script can read the cookie's token");
    const names = (await context.cookies()).map(({ name }) => name).toSorted();
    assert.deepEqual(names, transport === "cookie" ? ["__Host-daemun", "__Host-daemun-device"] : []);

    await tab.reload();
    const seen = await tab.evaluate(async (options) => {
      const { Daemun, DaemunError } = await import("daemun-client");
      const daemun = new Daemun(options);
      const { username } = await daemun.me();
      const parts = (await daemun.accessToken()).split(".").length;
      const taken = await daemun.signUp({ username, email: "new@example.com", password: "Correct-Horse-7-battery" }).catch((error) => error);
      await daemun.logOut();
      const rejected = await daemun.me().catch((error) => error);
      return { username, parts, isError: taken instanceof DaemunError, taken: taken.code, rejected: rejected.code };
    }, { ...options, token: saved });
    assert.deepEqual(seen, { username: account.username, parts: 3, isError: true, taken: "username_taken", rejected: "not_authenticated" });
    await context.close();
  });

  test(`verifies an email, resets the password and enters a mailed code, and is logged in after each: ${transport}`, async () => {
    const context = await browser.newContext();
    const tab = await context.newPage();
    await tab.goto(files.url);
    const mailTo = mailbox(join(required.folder, "mail"));
    const email = `${transport}@example.com`;
    const options = { baseUrl: required.url.replace("127.0.0.1", "localhost"), transport };
    const call = (name, ...values) => tab.evaluate(async ({ options, name, values }) => {
      const { Daemun } = await import("daemun-client");
      globalThis.daemun ??= new Daemun(options);
      return { result: await daemun[name](...values), token: daemun.token };
    }, { options, name, values });

    assert.deepEqual((await call("signUp", { username: `Jisu.${transport}`, email, password })).result, { status: "verification_required" });
    const { code } = await mailTo(email);
    const verified = await call("verifyEmail", { email, code, password }, { logIn: true });
    const { status, user } = verified.result;
    assert.deepEqual([status, user.email_verified], ["logged_in", true]);
    assert.equal(typeof verified.token, transport === "token" ? "string" : "undefined");
    assert.deepEqual((await call("me")).result, user);

    await call("forgotPassword", { email });
    const proof = { email, code: (await mailTo(email)).code, new_password: another };
    const reset = await call("resetPassword", proof, { logIn: true, remember: true });
    assert.deepEqual(reset.result, verified.result);
    assert.deepEqual((await call("me")).result, user);
    assert.equal((await call("sessions")).result.length, 1, "a reset revokes every earlier session");

    await call("logOut");
    const notice = await mailTo(email);
    assert.equal(notice.code, undefined, "the reset is reported to the owner");
    await call("requestLogInCode", { email });
    const byCode = await call("logInWithCode", { email, code: (await mailTo(email)).code, remember: true });
    assert.deepEqual(byCode.result, verified.result);
    assert.equal(typeof byCode.token, transport === "token" ? "string" : "undefined");
    assert.deepEqual((await call("me")).result, user);
    await context.close();
  });
}

test("registers a passkey, logs in with it, completes a login, and confirms", async () => {
  const context = await browser.newContext();
  const tab = await context.newPage();
  await addAuthenticator(tab);
  await tab.goto(files.url);
  const options = { baseUrl: service.url.replace("127.0.0.1", "localhost"), transport: "token" };
  const seen = await tab.evaluate(async ({ options, password }) => {
    const { Daemun, hasPasskeys } = await import("daemun-client");
    let ended = 0;
    const daemun = new Daemun({ ...options, onUnauthenticated: () => (ended += 1) });
    await daemun.signUp({ username: "Hana", email: "hana@example.com", password });
    const { passkey, recovery_codes } = await daemun.addPasskey("Laptop");
    const again = await daemun.addPasskey("Again").catch((failure) => failure.name);
    await daemun.signalPasskeys();
    await daemun.logOut();
    const byPasskey = await daemun.logInWithPasskey({ remember: true });
    await daemun.logOut();
    const byAutofill = await daemun.logInWithPasskey({ autofill: true });
    await daemun.logOut();
    const required = await daemun.logIn({ identifier: "hana", password });
    const completed = await daemun.completeLogInWithPasskey({ challenge: required.challenge });
    await daemun.confirmWithPasskey();
    const renamed = await daemun.renamePasskey(passkey.id, "Phone");
    await daemun.removePasskey(passkey.id);
    const left = await daemun.secondFactors();
    const users = [byPasskey, byAutofill, completed].map(({ username }) => username);
    return { has: hasPasskeys(), users, codes: recovery_codes.length, again, required: required.status, methods: required.methods, name: renamed.name, left: left.passkeys, ended };
  }, { options, password });
  assert.deepEqual(seen, {
    has: true, users: ["Hana", "Hana", "Hana"], codes: 10, again: "InvalidStateError", required: "second_factor_required",
    methods: ["passkey", "recovery_code"], name: "Phone", left: [], ended: 0,
  });
  await context.close();
});
