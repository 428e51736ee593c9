// The example page with a service that requires a proof of work, which the ALTCHA widget solves.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { record, startBrowser } from "../support/browser.js";
import { filled, open, submit } from "../support/example.js";
import { startGate } from "../support/gate.js";
import { startService } from "../support/service.js";

const minji = { username: "Minji", email: "minji@example.com", password: "Correct-Horse-7-battery" };
const settings = { DAEMUN_TRUSTED_PROXIES: "127.0.0.1", DAEMUN_CAPTCHA: "always" };
let service, gate, browser;
before(async () => {
  service = await startService(settings);
  gate = await startGate(service.url);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await gate?.stop();
  await service?.stop();
});

test("the widget solves the CAPTCHA of a signup and a login", async (t) => {
  const { page, faults } = await open(browser, gate, "/#signup");
  const solved = timing(page, t);
  const { seen } = record(page);
  await submit(page, "signup", minji);
  await page.locator("#signup altcha-widget").getByText("Verifying").waitFor();
  await page.getByRole("heading", { name: "Hello, Minji" }).waitFor();
  assert.equal(await page.locator("altcha-widget").count(), 0, "a proof is valid for one request");
  assert.deepEqual(seen, [], "a service that always requires a proof gets one with the first request");

  await page.locator("#logout").click();
  await page.getByText("You are logged out.").waitFor();
  await submit(page, "login", { identifier: "minji", password: "not the password" });
  assert.notEqual((await filled(page.locator("#login .problem"))).trim(), "");
  await page.getByRole("button", { name: "한국어" }).click();
  await submit(page, "login", { identifier: "minji", password: minji.password });
  await page.locator("#login altcha-widget").getByText("확인 중").waitFor();
  await page.getByRole("heading", { name: "Minji 님, 안녕하세요" }).waitFor();
  assert.equal(solved.length, 3);
  assert.deepEqual(faults, []);
});

test("rejected fields keep their values, and the next attempt gets a new proof", async () => {
  const { page, faults } = await open(browser, gate, "/#signup");
  await submit(page, "signup", { ...minji, email: "other@example.com" });
  assert.notEqual(await filled(page.locator("#signup-username-error")), "");
  assert.equal(await page.locator("altcha-widget").count(), 0);
  await submit(page, "signup", { username: "Jisu" });
  await page.getByRole("heading", { name: "Hello, Jisu" }).waitFor();
  assert.deepEqual(faults, []);
});

test("a failed challenge request is reported, and the form works again", async () => {
  const { page } = await open(browser, gate, "/#login");
  await page.route("**/captcha", (route) => route.abort());
  await submit(page, "login", { identifier: "minji", password: minji.password });
  assert.match(await filled(page.locator("#login .problem")), /could not check/);
  await page.unroute("**/captcha");
  await submit(page, "login", {});
  await page.getByRole("heading", { name: "Hello, Minji" }).waitFor();
});

test("the widget's files equal those of the npm package", async () => {
  const served = new URL("../../../examples/frontend/altcha/", import.meta.url);
  const packed = new URL("../node_modules/altcha/", import.meta.url);
  const origins = {
    "LICENSE.txt": "LICENSE.txt",
    "altcha.css": "dist/external/altcha.css",
    "altcha.min.js": "dist/external/altcha.min.js",
    "ko.js": "dist/i18n/ko.js",
    "pbkdf2.js": "dist/workers/pbkdf2.js",
  };
  assert.deepEqual((await readdir(served)).sort(), Object.keys(origins));
  for (const [name, origin] of Object.entries(origins)) {
    assert.ok((await readFile(new URL(name, served))).equals(await readFile(new URL(origin, packed))), name);
  }
});

/** Collects the solution times that the widget reports. */
function timing(page, t) {
  const times = [];
  page.on("request", (request) => {
    const { captcha } = request.postDataJSON() ?? {};
    if (!captcha) return;
    const { solution } = JSON.parse(Buffer.from(captcha, "base64").toString());
    times.push(solution.time);
    t.diagnostic(`${solution.counter} tries took ${solution.time} ms`);
  });
  return times;
}
