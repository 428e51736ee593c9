// The example page behind the example nginx configuration.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { record, sessionCookies, startBrowser, visit } from "../support/browser.js";
import { filled, open, submit } from "../support/example.js";
import { startGate } from "../support/gate.js";
import { startService } from "../support/service.js";

const minji = { username: "Minji", email: "minji@example.com", password: "Correct-Horse-7-battery" };
let service, gate, browser;
before(async () => {
  service = await startService({ DAEMUN_TRUSTED_PROXIES: "127.0.0.1" });
  gate = await startGate(service.url);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await gate?.stop();
  await service?.stop();
});

test("a first visit fails no request and leaves the console empty", async () => {
  const { page, context, faults } = await visit(browser, gate.url);
  const { seen, calls } = record(page);
  await page.goto(gate.url);
  await page.getByRole("heading", { name: "Log in" }).waitFor();
  assert.deepEqual(seen, []);
  assert.deepEqual(calls.sort(), ["/config", "/session"]);

  // Neither does a visit whose session has ended: the service clears the cookie.
  const { hostname: domain } = new URL(gate.url);
  const dead = { name: "__Host-daemun", value: "dead", domain, path: "/", secure: true, httpOnly: true, sameSite: "Lax" };
  await context.addCookies([dead]);
  assert.equal((await sessionCookies(context)).length, 1);
  await page.reload();
  await page.getByRole("heading", { name: "Log in" }).waitFor();
  assert.deepEqual(await sessionCookies(context), []);
  assert.deepEqual([...seen, ...faults], []);
});

test("the forms offer and say what the service's configuration allows", async () => {
  const { page } = await open(browser, gate, "/#signup");
  const hint = (name) => page.locator(`#signup-${name}-hint`).textContent();
  assert.match(await hint("username"), /^2 to 32 letters/);
  assert.match(await hint("password"), /^At least 8 characters\./);
  await page.getByRole("button", { name: "한국어" }).click();
  assert.match(await hint("username"), /2~32자/);
  assert.match(await hint("password"), /^8자 이상\./);
  await page.goto(`${gate.url}/#login`);
  assert.equal(await page.locator("a[href='#forgot']").first().isVisible(), false, "this service has no mail");
});

test("signs up, stays logged in over a reload, logs out and logs in by email", async () => {
  const { page, context, faults } = await open(browser, gate);
  await page.getByRole("link", { name: "Create an account" }).click();
  await submit(page, "signup", minji);
  await page.getByRole("heading", { name: "Hello, Minji" }).waitFor();
  const [cookie] = await sessionCookies(context);
  assert.deepEqual([cookie.name, cookie.httpOnly, cookie.secure, cookie.sameSite], ["__Host-daemun", true, true, "Lax"]);
  assert.equal(await page.evaluate(() => document.cookie), "", "no script reads the cookie");

  await page.reload();
  await page.getByRole("heading", { name: "Hello, Minji" }).waitFor();
  await page.locator("#logout").click();
  await page.getByText("You are logged out.").waitFor();
  assert.deepEqual(await sessionCookies(context), []);

  await submit(page, "login", { identifier: minji.email, password: "not the password" });
  assert.notEqual((await filled(page.locator("#login .problem"))).trim(), "");
  await submit(page, "login", { identifier: minji.email, password: minji.password });
  await page.getByRole("heading", { name: "Hello, Minji" }).waitFor();
  assert.deepEqual(faults, []);
});

test("shows every rejected field beside its input, in the page's language", async () => {
  const { page, faults } = await open(browser, gate, "/#signup");
  await submit(page, "signup", { username: "a", email: "invalid", password: "short" });
  for (const field of ["username", "email", "password"]) {
    assert.notEqual(await filled(page.locator(`#signup-${field}-error`)), "", field);
    assert.equal(await page.locator(`#signup-${field}`).getAttribute("aria-invalid"), "true");
  }
  await submit(page, "signup", { ...minji, username: "MINJI" });
  await page.locator("#signup-email-error", { hasText: /./ }).waitFor();
  assert.notEqual(await filled(page.locator("#signup-username-error")), "", "usernames that differ in case are equal");

  await page.getByRole("button", { name: "한국어" }).click();
  assert.equal(await page.locator("html").getAttribute("lang"), "ko");
  await page.getByRole("heading", { name: "회원가입" }).waitFor();
  await submit(page, "signup", { username: "민", email: "minsu@example.com", password: "짧다" });
  for (const field of ["username", "password"]) {
    assert.match(await filled(page.locator(`#signup-${field}-error`)), /\p{Script=Hangul}/u, field);
  }
  await submit(page, "signup", { username: "민수", email: "minsu@example.com", password: "버스 정류장 앞 은행나무" });
  await page.getByRole("heading", { name: "민수 님, 안녕하세요" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "민수 님, 안녕하세요" }).waitFor();
  await page.getByRole("button", { name: "로그아웃", exact: true }).click();
  await page.getByText("로그아웃되었습니다.").waitFor();
  assert.deepEqual(faults, []);
});

test("lists the sessions and revokes one of them", async () => {
  const here = await open(browser, gate);
  const phone = await open(browser, gate, "/", {
    userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
  });
  await here.page.locator("#login").waitFor();
  await here.page.getByRole("link", { name: "Create an account" }).click();
  await submit(here.page, "signup", { username: "Sora", email: "sora@example.com", password: minji.password });
  await here.page.getByRole("heading", { name: "Hello, Sora" }).waitFor();
  await submit(phone.page, "login", { identifier: "sora", password: minji.password });
  await phone.page.getByRole("heading", { name: "Hello, Sora" }).waitFor();

  await here.page.reload();
  const rows = here.page.locator("#sessions li");
  await rows.nth(1).waitFor();
  assert.equal(await rows.count(), 2);
  await rows.first().getByText("This device").waitFor();
  await rows.first().getByText("127.0.0.1").waitFor();
  await rows.nth(1).getByText("Safari on iPhone").waitFor();
  await rows.nth(1).getByRole("button").click();
  await here.page.getByText("Logged out: Safari on iPhone.").waitFor();
  await rows.nth(1).waitFor({ state: "detached" });

  await phone.page.locator("#logout").click();
  await phone.page.locator("#login").waitFor();
  assert.deepEqual([...here.faults, ...phone.faults], []);
});

test("shows and edits the profile, and shows the roles that the operator gave", async () => {
  const { page, faults } = await open(browser, gate, "/#signup");
  await submit(page, "signup", { username: "Yuna", email: "yuna@example.com", password: minji.password });
  await page.getByRole("heading", { name: "Hello, Yuna" }).waitFor();
  assert.equal(await page.locator("#who-roles").isVisible(), false);

  await page.getByText("Edit your profile").click();
  await submit(page, "profile", { display_name: "x".repeat(65), about: "" });
  assert.equal((await filled(page.locator("#profile-name-error"))).trim(), "Use at most 64 characters.");
  await submit(page, "profile", { display_name: "김유나 <b>", about: "Gardener & <i>poet</i>" });
  await page.getByText("Your profile is saved.").waitFor();
  await page.getByRole("heading", { name: "Hello, 김유나 <b>" }).waitFor();
  assert.equal(await page.locator("#who-about").textContent(), "Gardener & <i>poet</i>");
  assert.match(await page.locator("#who-facts").textContent(), /Yuna/);

  await service.run("user", "set-roles", "yuna", "editor", "billing:read");
  await page.reload();
  await page.locator("#who-roles li").nth(1).waitFor();
  assert.deepEqual(await page.locator("#who-roles li").allTextContents(), ["editor", "billing:read"]);
  assert.equal(await page.locator("#profile-name").inputValue(), "김유나 <b>");

  await page.getByText("Edit your profile").click();
  await submit(page, "profile", { display_name: "", about: "" });
  await page.getByRole("heading", { name: "Hello, Yuna" }).waitFor();
  await page.getByRole("button", { name: "한국어" }).click();
  await page.getByText("프로필 편집").waitFor();
  assert.equal(await page.locator("#who-roles").getAttribute("aria-label"), "역할");
  assert.deepEqual(faults, []);
});

test("shows recent activity page by page, in the page's language, and downloads all data", async () => {
  const { page, faults } = await open(browser, gate, "/#signup");
  await submit(page, "signup", { username: "Duri", email: "duri@example.com", password: minji.password });
  await page.getByRole("heading", { name: "Hello, Duri" }).waitFor();
  const rows = page.locator("#activity li");
  await rows.first().getByText("Account created").waitFor();
  await rows.first().getByText("127.0.0.1").waitFor();
  assert.equal(await page.locator("#activity-more").isVisible(), false);

  // Ten logins on other devices, and a change by the operator.
  const body = JSON.stringify({ identifier: "duri", password: minji.password });
  const login = { method: "POST", headers: { "content-type": "application/json" }, body };
  for (const _ of Array(10)) assert.equal((await fetch(`${gate.url}/login`, login)).status, 200);
  await service.run("user", "set-roles", "duri", "editor");
  await page.reload();
  await rows.nth(9).waitFor();
  assert.equal(await rows.count(), 10);
  await rows.first().getByText("Account updated").waitFor();
  await rows.first().getByText("by the operator").waitFor();
  await page.getByRole("button", { name: "Show more" }).click();
  await rows.nth(11).getByText("Account created").waitFor();
  assert.equal(await page.locator("#activity-more").isVisible(), false);
  await page.getByRole("button", { name: "한국어" }).click();
  await rows.nth(11).getByText("가입").waitFor();
  await page.getByText("내 데이터").click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "내려받기" }).click()]);
  assert.equal(download.suggestedFilename(), "account.json");
  const { user, events } = JSON.parse(await readFile(await download.path(), "utf8"));
  assert.equal(user.username, "Duri");
  assert.equal(events.length, 13);
  await rows.first().getByText("내 데이터 내려받기").waitFor();
  assert.deepEqual(faults, []);
});

test("changes the username and the password, and deletes the account", async () => {
  const { page, faults } = await open(browser, gate, "/#signup");
  await submit(page, "signup", { username: "Hana", email: "hana@example.com", password: minji.password });
  await page.getByRole("heading", { name: "Hello, Hana" }).waitFor();

  await page.getByText("Change the username").click();
  await submit(page, "rename", { username: "Haneul" });
  await page.getByRole("heading", { name: "Hello, Haneul" }).waitFor();

  const password = "nine lanterns over the gate";
  await page.getByText("Change the password").click();
  await submit(page, "change-password", { current_password: "not the password", new_password: password });
  assert.notEqual(await filled(page.locator("#change-current-error")), "");
  await submit(page, "change-password", { current_password: minji.password, new_password: password });
  await page.getByText("Your password is changed.").waitFor();

  // The signup confirmed the session.
  await page.getByText("Delete the account").click();
  await submit(page, "remove", {});
  await page.getByText("Your account is deleted.").waitFor();
  await submit(page, "login", { identifier: "haneul", password });
  assert.notEqual(await filled(page.locator("#login .problem")), "");
  assert.deepEqual(faults, []);
});
