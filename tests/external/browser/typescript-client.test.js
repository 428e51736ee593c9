// The TypeScript client in Chromium, on a page of another port of the same site, with the cookie and with a token.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { startBrowser } from "../support/browser.js";
import { startClientFiles } from "../support/client-files.js";
import { mailbox } from "../support/mailbox.js";
import { startService, stopAll } from "../support/service.js";

const password = "Correct-Horse-7-battery";
const another = "nine lanterns over the gate";
let files, service, required, browser;
before(async () => {
  files = await startClientFiles("localhost");
  const settings = { DAEMUN_CORS_ORIGINS: files.url, DAEMUN_UNSAFE_FAST_HASHES: "true", DAEMUN_BCRYPT_COST: "4", DAEMUN_CAPTCHA: "off" };
  service = await startService(settings);
  required = await startService({ ...settings, DAEMUN_MAIL_URL: "file://mail", DAEMUN_EMAIL_VERIFICATION: "required" });
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
  test(`verifies an email and resets the password, and is logged in after each: ${transport}`, async () => {
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

    assert.equal((await call("signUp", { username: `Jisu.${transport}`, email, password })).result, undefined);
    const { code } = await mailTo(email);
    const verified = await call("verifyEmail", { email, code, password }, { logIn: true });
    assert.equal(verified.result.email_verified, true);
    assert.equal(typeof verified.token, transport === "token" ? "string" : "undefined");
    assert.deepEqual((await call("me")).result, verified.result);

    await call("forgotPassword", { email });
    const proof = { email, code: (await mailTo(email)).code, new_password: another };
    const reset = await call("resetPassword", proof, { logIn: true, remember: true });
    assert.deepEqual(reset.result, verified.result);
    assert.deepEqual((await call("me")).result, verified.result);
    assert.equal((await call("sessions")).result.length, 1, "a reset revokes every earlier session");
    await context.close();
  });
}
