// The examples of docs/passkeys.md, as they stand, in Chromium with a virtual authenticator.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { startBrowser, visit } from "../support/browser.js";
import { startService, stopAll } from "../support/service.js";
import { addAuthenticator } from "../support/virtual-authenticator.js";

let service, browser;
before(async () => {
  service = await startService({ DAEMUN_CAPTCHA: "off", DAEMUN_PASSKEY_RP_ID: "localhost", DAEMUN_UNSAFE_FAST_HASHES: "on", DAEMUN_BCRYPT_COST: "4" });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await stopAll(service);
});

test("the page's examples register a passkey, log in with it and tell the browser which passkeys exist", async () => {
  const text = await readFile(new URL("../../../docs/passkeys.md", import.meta.url), "utf8");
  const [register, logIn, signal] = [...text.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code);
  const helper = register.slice(0, register.indexOf("\n\n"));
  const local = service.url.replace("127.0.0.1", "localhost");
  const { page, faults } = await visit(browser, local);
  await page.goto(`${local}/swagger-ui/`);
  const authenticator = await addAuthenticator(page);
  const run = (code, result) => page.evaluate(`(async () => { ${code}\n return ${result}; })()`);

  const account = { username: "Minji", email: "minji@example.com", password: "Correct-Horse-7-battery", transport: "cookie" };
  await run(`${helper}\n await post("/signup", ${JSON.stringify(account)});`, "null");
  assert.equal((await run(register, "recovery_codes")).length, 10);
  assert.equal((await authenticator.credentials()).length, 1);
  assert.equal((await run(`${helper}\n${logIn}`, "user")).username, "Minji");
  assert.equal((await run(signal, "passkeys")).length, 1);
  assert.equal((await authenticator.credentials()).length, 1);
  assert.deepEqual(faults, []);
});
