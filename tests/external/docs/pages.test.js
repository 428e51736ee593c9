// The pages of the documentation whose examples must work as they stand. A new block changes a count below.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, beforeEach, test } from "node:test";

import { startBrowser } from "../support/browser.js";
import { countsOf } from "./blocks.js";
import { Reader } from "./reader.js";

const typed = {
  username: "Minji",
  email: "minji@example.com",
  password: "Correct-Horse-7-battery",
  new_password: "Another-Staple-8-lantern",
};

let browser, reader;
before(async () => {
  browser = await startBrowser();
});
after(() => browser?.close());
beforeEach(() => {
  reader = new Reader(browser, typed);
});
afterEach(() => reader.stop());

/** Returns the user of the browser's session, or the problem's code. */
async function me() {
  const response = await reader.page.evaluate(async () => (await fetch("/me")).json());
  return response.username ?? response.code;
}

test("docs/first-session.md", async () => {
  reader = new Reader(browser, { ...typed, username: "Jisu", email: "jisu@example.com" });
  const blocks = await reader.follow("docs/first-session.md");
  assert.equal(await me(), "Jisu");
  assert.deepEqual(reader.calls, []);
  assert.deepEqual(countsOf(blocks), { sh: 1, console: 1, js: 1 });
});

test("README.md", async () => {
  const blocks = await reader.follow("README.md");
  assert.deepEqual(countsOf(blocks), { sh: 1, console: 1, "diff not-run": 1 });
});

test("docs/verification.md", async () => {
  const blocks = await reader.follow("docs/verification.md", openOwnLandingPage);
  const shown = reader.calls.map(([name, shown]) => [name, shown.email_verified ?? shown]);
  assert.deepEqual(shown, [
    ["askForCode", typed.email],
    ["showHome", true],
    ["showHome", false],
    ["showHome", true],
    ["showHome", true],
  ]);
  assert.equal(await me(), "Sora");
  assert.deepEqual(countsOf(blocks), { sh: 2, js: 13, html: 1 });
});

/** Follows the link of a new account's mail to the documented page. */
async function openOwnLandingPage(reader, html) {
  const account = { username: "Sora", email: "sora@example.com", password: typed.password, captcha: await reader.captcha() };
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(`${reader.origin}/signup`, { method: "POST", headers, body: JSON.stringify(account) });
  assert.equal(response.status, 201);
  const { link } = await reader.nextMail();
  await reader.serveAt("/email/verify", html);
  await reader.page.goto(link);
  assert.equal(new URL(reader.page.url()).hash, "");
  await reader.page.locator("input").fill("not the password");
  await reader.page.locator("button").click();
  await reader.page.locator("output").filter({ hasText: /\S/ }).waitFor();
  await reader.page.locator("input").fill(typed.password);
  await reader.page.locator("button").click();
  await reader.page.waitForURL(`${reader.origin}/`);
}

test("docs/second-factors.md", async () => {
  const blocks = await reader.follow("docs/second-factors.md");
  assert.deepEqual(countsOf(blocks), { sh: 6 });
});

test("docs/proof-of-work.md", async () => {
  const blocks = await reader.follow("docs/proof-of-work.md", logInWithWidget);
  assert.equal(await me(), "Minji");
  assert.deepEqual(countsOf(blocks), { sh: 1, html: 1, text: 1 });
});

/** Logs in with the documented form. */
async function logInWithWidget(reader, html) {
  const account = { ...typed, captcha: await reader.captcha() };
  delete account.new_password;
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(`${reader.origin}/signup`, { method: "POST", headers, body: JSON.stringify(account) });
  assert.equal(response.status, 201);
  await reader.serveAt("/altcha.js", await readFile(new URL(import.meta.resolve("altcha"))), "text/javascript");
  await reader.serveAt("/log-in", html);
  await reader.page.goto(`${reader.origin}/log-in`);
  for (const password of ["not the password", typed.password]) {
    await reader.page.locator("[name=identifier]").fill(typed.email);
    await reader.page.locator("[name=password]").fill(password);
    await reader.page.locator("button:text('Log in')").click();
    if (password !== typed.password) await reader.page.locator("output").filter({ hasText: /\S/ }).waitFor();
  }
  await reader.page.waitForURL(`${reader.origin}/`);
}
