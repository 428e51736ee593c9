// The TypeScript client on a plain-http page outside localhost, where Chromium has no APIs of secure contexts.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startBrowser } from "../support/browser.js";
import { startClientFiles } from "../support/client-files.js";
import { startService, stopAll } from "../support/service.js";

/** A host without a secure context, unlike `localhost`. Chromium resolves it to this machine. */
const plainHost = "app.example";

let files, service, browser;
before(async () => {
  files = await startClientFiles(plainHost);
  service = await startService({
    DAEMUN_CORS_ORIGINS: files.url,
    DAEMUN_COOKIE_SECURE: "off",
    DAEMUN_UNSAFE_FAST_HASHES: "true",
    DAEMUN_BCRYPT_COST: "4",
    DAEMUN_CAPTCHA: "off",
  });
  browser = await startBrowser(`--host-resolver-rules=MAP ${plainHost} 127.0.0.1`);
});
after(async () => {
  await browser?.close();
  await stopAll(service, files);
});

for (const transport of ["token", "cookie"]) {
  test(`signs up, is authenticated and logs out: ${transport}`, async () => {
    const context = await browser.newContext();
    const tab = await context.newPage();
    await tab.goto(files.url);
    const account = { username: `Minji.${transport}`, email: `${transport}@example.com`, password: "Correct-Horse-7-battery" };
    const options = { baseUrl: service.url.replace("127.0.0.1", plainHost), transport };

    const seen = await tab.evaluate(async ({ account, options }) => {
      const { Daemun } = await import("daemun-client");
      const daemun = new Daemun(options);
      const { user: signedUp } = await daemun.signUp(account);
      const me = await daemun.me();
      const parts = (await daemun.accessToken()).split(".").length;
      await daemun.logOut();
      const { user: again } = await daemun.logIn({ identifier: account.email, password: account.password });
      const ids = new Set([signedUp.id, me.id, again.id]);
      return { isSecureContext, hasRandomUUID: "randomUUID" in crypto, ids: ids.size, parts };
    }, { account, options });
    assert.deepEqual(seen, { isSecureContext: false, hasRandomUUID: false, ids: 1, parts: 3 });
    await context.close();
  });
}
