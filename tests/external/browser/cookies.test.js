// Which cookies Chromium keeps and sends: one that a subdomain plants, and the session's own on plain http to this machine.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { sessionCookies, startBrowser } from "../support/browser.js";
import { startService } from "../support/service.js";

const password = "Correct-Horse-7-battery";
let service, browser, port;
before(async () => {
  service = await startService({ DAEMUN_CAPTCHA: "off" });
  port = new URL(service.url).port;
  browser = await startBrowser("--host-resolver-rules=MAP *.example.test 127.0.0.1");
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

/** Signs up. Resolves with the token of the account's session. */
async function signUp(username) {
  const body = JSON.stringify({ username, email: `${username}@example.com`, password });
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${service.url}/signup`, { method: "POST", headers, body });
  return (await response.json()).session.token;
}

/** Opens `/me`. Resolves with the Cookie header that the browser sent, and the response. */
async function visitMe(page, host) {
  const response = await page.goto(`http://${host}:${port}/me`);
  return { sent: (await response.request().allHeaders()).cookie, status: response.status(), text: await response.text() };
}

test("a planted cookie with white space before the session cookie's name is kept, sent and ignored", async (t) => {
  const token = await signUp("attacker");
  for (const blank of ["\u2000", "\u3000", "\u00a0", "\u0085", "\ufeff"]) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`http://evil.example.test:${port}/healthz`);
    await page.evaluate((pair) => {
      document.cookie = `${pair}; Domain=example.test; Path=/`;
    }, `${blank}__Host-daemun=${token}`);
    const planted = await context.cookies();
    const { sent, status, text } = await visitMe(page, "app.example.test");
    t.diagnostic(`U+${blank.codePointAt(0).toString(16).padStart(4, "0")}: kept ${planted.length}, sent ${sent !== undefined}, ${status}`);
    if (blank === "\u2000") assert.equal(planted.length, 1, "Chromium keeps it");
    if (planted.length > 0) assert.ok(sent.includes(token), "Chromium sends it");
    assert.equal(status, 401, text);
    assert.ok(!text.includes("attacker"));
    await context.close();
  }
});

test("a subdomain cannot plant a cookie with the session cookie's name", async () => {
  const token = await signUp("planter");
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`http://evil.example.test:${port}/healthz`);
  await page.evaluate((value) => {
    for (const name of ["__Host-daemun", " __Host-daemun", "\t__Host-daemun ", "=__Host-daemun"]) {
      document.cookie = `${name}=${value}; Domain=example.test; Path=/`;
    }
  }, token);
  assert.deepEqual(await context.cookies(), []);
  assert.equal((await visitMe(page, "app.example.test")).status, 401);
  await context.close();
});

test("the session's cookie is kept on plain http to localhost, names below it and 127.0.0.0/8", async () => {
  await signUp("minji");
  for (const host of ["localhost", "app.localhost", "127.0.0.1"]) {
    // The policy of the JSON response on this page forbids requests.
    const context = await browser.newContext({ bypassCSP: true });
    const page = await context.newPage();
    await page.goto(`http://${host}:${port}/healthz`);
    const body = JSON.stringify({ identifier: "minji", password, transport: "cookie" });
    const status = await page.evaluate(async (text) => {
      const headers = { "content-type": "application/json" };
      return (await fetch("/login", { method: "POST", headers, body: text })).status;
    }, body);
    assert.equal(status, 200, host);
    assert.equal((await sessionCookies(context)).length, 1, host);
    assert.equal((await visitMe(page, host)).status, 200, host);
    await context.close();
  }
});
