// Second factors on the example page: set-up, second step, confirmation, recovery codes, devices and passkeys.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";

import { codeOf } from "../support/authenticator-app.js";
import { startBrowser } from "../support/browser.js";
import { filled, open, submit } from "../support/example.js";
import { startGate, freePort } from "../support/gate.js";
import { startService, stopAll } from "../support/service.js";
import { addAuthenticator } from "../support/virtual-authenticator.js";

const password = "Correct-Horse-7-battery";
const phone = { viewport: { width: 390, height: 844 } };
let service, gate, browser;
before(async () => {
  // Rate limits are on, because without them the service recognizes no device.
  const port = await freePort();
  service = await startService({
    DAEMUN_TRUSTED_PROXIES: "127.0.0.1",
    DAEMUN_RATE_LIMITS: "on",
    DAEMUN_PUBLIC_URL: `http://localhost:${port}`,
  });
  gate = await startGate(service.url, port);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await stopAll(gate, service);
});

/** Writes a screenshot of the page into the folder `SCREENSHOTS`, if it is set. */
async function picture(page, name) {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

async function signUp(username, options = {}) {
  const visitor = await open(browser, gate, "/#signup", options);
  await submit(visitor.page, "signup", { username, email: `${username.toLowerCase()}@example.com`, password });
  await visitor.page.locator("#logout").waitFor();
  return visitor;
}

const opened = (page, id) => page.locator(`details:has(#${id}) > summary`).click();

/** Ends the session, and the recognition of the device, by dropping their cookies. Opens the login form. */
async function leave(page, context) {
  await context.clearCookies();
  await page.goto(`${gate.url}/#login`);
  await page.reload();
}

/** Begins to set up an authenticator app. Returns its key. */
async function setUpApp(page) {
  await opened(page, "totp-begin");
  await page.locator("#totp-begin").click();
  await page.locator("#totp-setup").waitFor();
  const secret = await page.locator("#totp-secret").textContent();
  assert.match(await page.locator("#totp-qr").getAttribute("src"), /^data:image\/svg\+xml/);
  assert.ok(await page.locator("#totp-qr").evaluate((image) => image.decode().then(() => image.naturalWidth > 0)));
  return secret;
}

test("an authenticator app is set up, and a login has a second step", async () => {
  const { page, context, faults } = await signUp("Minji", { ...phone, permissions: ["clipboard-read", "clipboard-write"] });
  const secret = await setUpApp(page);
  await picture(page, "set-up-390");
  await submit(page, "totp-setup", { code: "000000" });
  assert.notEqual(await filled(page.locator("#totp-code-error")), "");
  await submit(page, "totp-setup", { code: await codeOf(secret, -1) });
  await page.locator("#codes li").nth(9).waitFor();
  const codes = await page.locator("#codes li").allTextContents();
  assert.equal(new Set(codes).size, 10);
  await picture(page, "codes-390");
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("main").isVisible(), false, "only the codes are printed");
  assert.equal(await page.locator("#codes").isVisible(), true);
  await picture(page, "codes-printed");
  await page.emulateMedia({ media: "screen" });
  await page.locator("#codes-copy").click();
  await page.getByText("Copied").waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), codes.join("\n"));
  await page.locator("#codes-done").click();
  assert.equal(await page.locator("#codes li").count(), 0, "the page forgets the codes");
  await page.getByText("On: a login needs a second proof.").waitFor();

  await leave(page, context);
  await submit(page, "login", { identifier: "minji", password });
  await page.getByRole("heading", { name: "One more step" }).waitFor();
  await picture(page, "second-step-390");
  await submit(page, "second-factor", { code: "000000" });
  assert.notEqual(await filled(page.locator("#second-code-error")), "");
  await page.locator("#second-factor input[name=trust_device]").check();
  await submit(page, "second-factor", { code: await codeOf(secret) });
  await page.getByRole("heading", { name: "Hello, Minji" }).waitFor();

  // The device is trusted now.
  await page.locator("#logout").click();
  await submit(page, "login", { identifier: "minji", password });
  await page.getByRole("heading", { name: "Hello, Minji" }).waitFor();
  await opened(page, "devices");
  await page.locator("#devices li", { hasText: "skips the second step" }).waitFor();
  await picture(page, "devices-390");

  // A trusted device confirms nothing.
  await opened(page, "renew-codes");
  await page.locator("#renew-codes").click();
  await page.locator("#confirmation[open]").waitFor();
  await picture(page, "confirmation-390");
  await page.keyboard.press("Escape");
  await page.getByText("You did not confirm, so nothing was changed.").waitFor();
  await page.locator("#renew-codes").click();
  await submit(page, "confirm", { password: "not the password", code: "000000" });
  assert.notEqual(await filled(page.locator("#confirm-password-error")), "");
  await page.locator("#confirm-other").click();
  await submit(page, "confirm", { password, recovery_code: codes[0] });
  await page.locator("#codes li").nth(9).waitFor();
  await page.locator("#codes-done").click();
  await page.getByText("10 codes left").waitFor();

  await page.locator("#totp-remove").click({ trial: true }).catch(() => opened(page, "totp-begin"));
  await page.locator("#totp-remove").click();
  await page.getByText("The authenticator app is removed.").waitFor();
  await page.getByText("Off. Protect your account beyond the password.").waitFor();
  assert.deepEqual(faults, []);
});

test("a recovery code completes a login, in Korean and in the dark", async () => {
  const { page, context, faults } = await signUp("Sora", { ...phone, colorScheme: "dark" });
  await page.getByRole("button", { name: "한국어" }).click();
  const secret = await setUpApp(page);
  await picture(page, "set-up-korean-dark");
  await submit(page, "totp-setup", { code: await codeOf(secret, -1) });
  await page.locator("#codes li").nth(9).waitFor();
  const [recoveryCode] = await page.locator("#codes li").allTextContents();
  await picture(page, "codes-korean-dark");
  await page.locator("#codes-done").click();
  await leave(page, context);
  await submit(page, "login", { identifier: "sora", password });
  await page.getByRole("heading", { name: "한 단계 더" }).waitFor();
  await picture(page, "second-step-korean-dark");
  await page.getByRole("link", { name: "복구 코드 사용" }).click();
  await submit(page, "recovery", { recovery_code: "not a code" });
  assert.match(await filled(page.locator("#recovery-code-error")), /\p{Script=Hangul}/u);
  await submit(page, "recovery", { recovery_code: recoveryCode.toUpperCase() });
  await page.getByRole("heading", { name: "Sora 님, 안녕하세요" }).waitFor();
  await opened(page, "renew-codes");
  await page.getByText("9개 남음").waitFor();

  // A login with a recovery code confirms nothing, and the page needs the app's code for a change.
  await page.locator("#renew-codes").click();
  await page.locator("#confirmation[open]").waitFor();
  await picture(page, "confirmation-korean-dark");
  await page.locator("#confirm-cancel").click();
  await page.getByText("확인하지 않아 아무것도 바꾸지 않았습니다.").waitFor();
  assert.deepEqual(faults, []);
});

test("a second step needs a first one, and can be left", async () => {
  const { page, context } = await signUp("Yuna");
  const secret = await setUpApp(page);
  await submit(page, "totp-setup", { code: await codeOf(secret, -1) });
  await page.locator("#codes-done").click();
  await context.clearCookies();
  await page.goto(`${gate.url}/#second-factor`);
  await page.reload();
  await page.getByRole("heading", { name: "Log in" }).waitFor();
  await submit(page, "login", { identifier: "yuna", password });
  await page.getByRole("heading", { name: "One more step" }).waitFor();
  await page.getByRole("link", { name: "Start again" }).click();
  await page.getByRole("heading", { name: "Log in" }).waitFor();
});

test("a passkey is added and renamed, logs in by itself and as the second step, and confirms changes", async () => {
  const { page, context, faults } = await signUp("Hana", phone);
  const { touch } = await addAuthenticator(page);
  await opened(page, "passkeys");
  await submit(page, "add-passkey", { name: "Laptop" });
  await page.locator("#codes li").nth(9).waitFor();
  await page.locator("#codes-done").click();
  await page.locator("#passkeys li", { hasText: "Laptop" }).getByText("never used").waitFor();
  await picture(page, "passkeys-390");
  await submit(page, "add-passkey", { name: "The same" });
  await page.getByText("This device already has a passkey for your account.").waitFor();

  await page.getByRole("button", { name: "Rename Laptop" }).click();
  assert.equal(await page.locator("#rename-passkey-name").inputValue(), "Laptop");
  await picture(page, "rename-passkey-390");
  await submit(page, "rename-passkey", { name: "x".repeat(65) });
  assert.notEqual((await filled(page.locator("#rename-passkey-name-error"))).trim(), "");
  await page.locator("#rename-passkey-cancel").click();
  await page.getByRole("button", { name: "Rename Laptop" }).click();
  assert.equal((await page.locator("#rename-passkey-name-error").textContent()).trim(), "");
  await submit(page, "rename-passkey", { name: "노트북 <b>" });
  await page.getByText("The passkey is renamed: 노트북 <b>").waitFor();
  await page.locator("#passkeys li .device", { hasText: "노트북 <b>" }).waitFor();

  // The login form offers passkeys. Without a touch the offer waits, and the button replaces it.
  await touch(false);
  await leave(page, context);
  await page.locator("#login-passkey").waitFor();
  await picture(page, "login-passkey-390");
  await touch(true);
  await page.locator("#login-passkey").click();
  await page.getByRole("heading", { name: "Hello, Hana" }).waitFor();

  await touch(false);
  await leave(page, context);
  await submit(page, "login", { identifier: "hana", password });
  await page.getByRole("heading", { name: "One more step" }).waitFor();
  assert.equal(await page.locator("#second-code").isVisible(), false, "the account has no authenticator app");
  await picture(page, "second-step-passkey-390");
  await touch(true);
  await page.locator("#second-factor input[name=trust_device]").check();
  await page.locator("#second-passkey").click();
  await page.getByRole("heading", { name: "Hello, Hana" }).waitFor();

  // A login from the trusted device confirms nothing.
  await touch(false);
  await page.locator("#logout").click();
  await submit(page, "login", { identifier: "hana", password });
  await page.getByRole("heading", { name: "Hello, Hana" }).waitFor();
  await opened(page, "passkeys");
  await page.getByRole("button", { name: "Remove 노트북 <b>" }).click();
  await page.locator("#confirmation[open]").waitFor();
  assert.equal(await page.locator("#confirm-password").isVisible(), false, "the passkey is both factors in one");
  await picture(page, "confirmation-passkey-390");
  await touch(true);
  await page.locator("#confirm-passkey").click();
  await page.getByText("The passkey is removed: 노트북 <b>").waitFor();
  await page.getByText("Off. Protect your account beyond the password.").waitFor();
  assert.deepEqual(faults, []);
});

test("the login form offers a passkey among the suggestions, and a stranger's browser has none", async () => {
  const { page, context, faults } = await signUp("Nari");
  const { touch } = await addAuthenticator(page);
  await opened(page, "passkeys");
  await submit(page, "add-passkey", { name: "Phone" });
  await page.locator("#codes-done").click();
  await page.locator("#passkeys li", { hasText: "Phone" }).waitFor();
  await touch(true);
  // The virtual authenticator chooses the only passkey at once.
  await leave(page, context);
  await page.getByRole("heading", { name: "Hello, Nari" }).waitFor();

  const other = await open(browser, gate, "/#login");
  await addAuthenticator(other.page);
  await other.page.locator("#login-passkey").click();
  await other.page.getByText("The passkey was not used.").waitFor();
  await submit(other.page, "login", { identifier: "nari", password: "not the password" });
  assert.notEqual((await filled(other.page.locator("#login .problem"))).trim(), "");
  assert.deepEqual([...faults, ...other.faults], []);
});

test("the offer of passkeys is renewed before its options expire", async () => {
  const { page, context, faults } = await open(browser, gate, "/#signup");
  const { touch } = await addAuthenticator(page);
  await touch(false);
  await page.route("**/login/passkey/options", async (route) => {
    const response = await route.fetch();
    const { ceremony, options } = await response.json();
    assert.equal(options.timeout, 300_000);
    await route.fulfill({ response, json: { ceremony, options: { ...options, timeout: 300 } } });
  });
  const renewed = () => page.waitForRequest("**/login/passkey/options");
  await Promise.all([renewed(), page.goto(`${gate.url}/#login`)]);
  await renewed();
  await renewed();
  assert.deepEqual(faults, []);
});
