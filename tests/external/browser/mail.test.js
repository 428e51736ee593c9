// Verification and recovery on the example page and the landing pages, with real messages from the service's folder.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { sessionCookies, startBrowser } from "../support/browser.js";
import { filled, open, submit } from "../support/example.js";
import { freePort, startGate } from "../support/gate.js";
import { mailbox } from "../support/mailbox.js";
import { startService } from "../support/service.js";

const password = "Correct-Horse-7-battery";
const another = "nine lanterns over the gate";

/** Starts a service that sends mail, behind the URL of its links. */
async function startWithMail(verification, settings = {}) {
  const port = await freePort();
  const service = await startService({
    DAEMUN_TRUSTED_PROXIES: "127.0.0.1",
    DAEMUN_PUBLIC_URL: `http://localhost:${port}`,
    DAEMUN_MAIL_URL: "file://mails",
    DAEMUN_EMAIL_VERIFICATION: verification,
    // Otherwise a mailbox gets one mail a minute.
    DAEMUN_RATE_LIMITS: "off",
    ...settings,
  });
  const gate = await startGate(service.url, port);
  const mailTo = mailbox(join(service.folder, "mails"));
  return { gate, mailTo, stop: () => gate.stop().finally(service.stop) };
}

let optional, required, browser;
before(async () => {
  browser = await startBrowser();
  optional = await startWithMail("optional");
  required = await startWithMail("required", { DAEMUN_CAPTCHA: "always", DAEMUN_EMAIL_LOG_IN: "on" });
});
after(async () => {
  await browser?.close();
  await optional?.stop();
  await required?.stop();
});

async function signUp({ gate }, name) {
  const visitor = await open(browser, gate, "/#signup");
  await submit(visitor.page, "signup", { username: name, email: `${name}@example.com`, password });
  return visitor;
}

async function logIn({ gate }, identifier, password) {
  const visitor = await open(browser, gate, "/#login");
  await submit(visitor.page, "login", { identifier, password });
  return visitor;
}

test("the code from the mail verifies the email", async () => {
  const { page, faults } = await signUp(optional, "minji");
  await page.getByRole("heading", { name: "Hello, minji" }).waitFor();
  const { code } = await optional.mailTo("minji@example.com");
  await page.locator("#verification summary").click();
  await submit(page, "member-verify", { code: code === "000000" ? "111111" : "000000" });
  assert.notEqual(await filled(page.locator("#member-verify-code-error")), "");
  await submit(page, "member-verify", { code: `${code} ` });
  await page.getByText("Your email is verified.").waitFor();
  assert.ok(await page.locator("#verification").isHidden());
  await page.reload();
  await page.getByRole("heading", { name: "Hello, minji" }).waitFor();
  assert.ok(await page.locator("#verification").isHidden());
  assert.deepEqual(faults, []);
});

test("the button of the landing page verifies the email, and nothing before it does", async () => {
  const { page, faults } = await signUp(optional, "jisu");
  await page.getByRole("heading", { name: "Hello, jisu" }).waitFor();
  const { link } = await optional.mailTo("jisu@example.com");
  await page.goto(link);
  await page.getByRole("button", { name: "Verify my address" }).waitFor();
  assert.equal(new URL(page.url()).hash, "", "the page removes the token from the address bar");
  await page.goto(optional.gate.url);
  await page.locator("#verification").waitFor();
  await page.goto(link);
  await page.getByRole("button", { name: "Verify my address" }).click();
  await page.getByText("is verified").waitFor();
  await page.goto(optional.gate.url);
  await page.getByRole("heading", { name: "Hello, jisu" }).waitFor();
  assert.ok(await page.locator("#verification").isHidden());
  assert.deepEqual(faults, []);
});

test("a new code replaces a lost one", async () => {
  const { page, faults } = await signUp(optional, "sora");
  await page.getByRole("heading", { name: "Hello, sora" }).waitFor();
  await optional.mailTo("sora@example.com");
  await page.locator("#verification summary").click();
  await page.locator("#member-verify-resend").click();
  await page.getByText("A new mail is on its way").waitFor();
  const { code } = await optional.mailTo("sora@example.com");
  await submit(page, "member-verify", { code });
  await page.getByText("Your email is verified.").waitFor();
  assert.deepEqual(faults, []);
});

test("the link from the mail resets the password and revokes every session", async () => {
  const there = await signUp(optional, "hana");
  await there.page.getByRole("heading", { name: "Hello, hana" }).waitFor();
  await optional.mailTo("hana@example.com");

  const { page, faults } = await open(browser, optional.gate);
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await submit(page, "forgot", { email: "hana@example.com" });
  await page.getByText("If an account has this email, a mail is on its way.").waitFor();
  const { link } = await optional.mailTo("hana@example.com");
  await page.goto(link);
  await page.getByLabel("New password").fill(another);
  await page.getByRole("button", { name: "Set the password" }).click();
  await page.getByText("You can close this page and log in.").waitFor();

  await there.page.reload();
  await there.page.locator("[data-view=visitor]").waitFor();
  const again = await logIn(optional, "hana", another);
  await again.page.getByRole("heading", { name: "Hello, hana" }).waitFor();
  assert.deepEqual([...there.faults, ...faults, ...again.faults], []);
});

test("the code from the mail resets the password and logs in", async () => {
  const { page: there } = await signUp(optional, "yuna");
  await there.getByRole("heading", { name: "Hello, yuna" }).waitFor();
  await optional.mailTo("yuna@example.com");

  const { page, faults } = await open(browser, optional.gate);
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await submit(page, "forgot", { email: "yuna@example.com" });
  const { code } = await optional.mailTo("yuna@example.com");
  assert.equal(await page.locator("#reset-email").inputValue(), "yuna@example.com");
  await submit(page, "reset", { code, new_password: "password" });
  assert.notEqual(await filled(page.locator("#reset-password-error")), "");
  await submit(page, "reset", { code, new_password: another });
  await page.getByRole("heading", { name: "Hello, yuna" }).waitFor();
  await page.getByText("Your new password is saved.").waitFor();
  await there.reload();
  await there.locator("[data-view=visitor]").waitFor();
  assert.deepEqual(faults, []);
});

test("the email changes once the new one is verified", async () => {
  const { page, faults } = await signUp(optional, "nari");
  await page.getByRole("heading", { name: "Hello, nari" }).waitFor();
  await page.locator("details:has(#change-address) summary").click();
  // The signup confirmed the session.
  await submit(page, "change-address", { email: "nari@example.org" });
  await page.getByText("Enter the code from the mail to nari@example.org.").waitFor();
  await page.locator("#who-facts").getByText("nari@example.com").waitFor();
  const { code } = await optional.mailTo("nari@example.org");
  await submit(page, "member-verify", { code });
  await page.getByText("Your email is verified.").waitFor();
  await page.locator("#who-facts").getByText("nari@example.org").waitFor();
  assert.deepEqual(faults, []);
});

test("with required verification, the account exists once the code is entered", async () => {
  const { page, faults } = await signUp(required, "bora");
  await page.getByRole("heading", { name: "Verify your email" }).waitFor();
  assert.equal(await page.locator("#verify-email").inputValue(), "bora@example.com");
  const { code } = await required.mailTo("bora@example.com");
  const proofs = [];
  page.on("request", (request) => proofs.push(...(request.url().endsWith("/captcha") ? [request.url()] : [])));

  const early = await logIn(required, "bora", password);
  await early.page.getByRole("heading", { name: "Verify your email" }).waitFor();
  await early.page.getByText("Please verify your email first.").waitFor();

  await submit(page, "verify", { code });
  await page.getByRole("heading", { name: "Hello, bora" }).waitFor();
  await page.getByText("Your email is verified.").waitFor();
  assert.ok(await page.locator("#verification").isHidden());
  assert.deepEqual(proofs, [], "the code and the password log in without another proof of work");
  assert.deepEqual([...faults, ...early.faults], []);
});

test("a mailed code logs in without a password, after a proof of work", async () => {
  const { page: there } = await signUp(required, "duri");
  const { code: first } = await required.mailTo("duri@example.com");
  await submit(there, "verify", { code: first });
  await there.getByRole("heading", { name: "Hello, duri" }).waitFor();

  const { page, context, faults } = await open(browser, required.gate);
  await page.getByRole("link", { name: "Log in with a code by email" }).click();
  await submit(page, "login-code", { email: "invalid" });
  assert.notEqual(await filled(page.locator("#login-code-email-error")), "");
  await submit(page, "login-code", { email: "duri@example.com" });
  await page.getByText("If an account has this email, a mail is on its way.").waitFor();
  assert.equal(await page.locator("#login-code-verify-email").inputValue(), "duri@example.com");
  const { code, link } = await required.mailTo("duri@example.com");
  assert.equal(link, undefined, "a link could be opened by another person");
  await submit(page, "login-code-verify", { code: code === "000000" ? "111111" : "000000" });
  assert.notEqual(await filled(page.locator("#login-code-verify-code-error")), "");
  await page.locator("#login-code-verify input[name=remember]").check();
  await submit(page, "login-code-verify", { code: `${code.slice(0, 3)} ${code.slice(3)}` });
  await page.getByRole("heading", { name: "Hello, duri" }).waitFor();
  const [session] = await sessionCookies(context);
  assert.ok(session.expires > 0, "the session is kept when the browser is closed");
  assert.deepEqual(faults, []);
});

test("a login with a mailed code is offered in both languages, and only if the service allows it", async () => {
  const { page } = await open(browser, required.gate, "/#login-code", { locale: "ko-KR" });
  await page.getByRole("heading", { name: "메일로 받은 코드로 로그인" }).waitFor();
  await page.getByRole("link", { name: "코드가 있습니다" }).click();
  await page.getByRole("heading", { name: "코드 입력" }).waitFor();
  await submit(page, "login-code-verify", { email: "unknown@example.com", code: "000000" });
  assert.match(await filled(page.locator("#login-code-verify-code-error")), /\p{Script=Hangul}/u);

  const { page: without } = await open(browser, optional.gate, "/#login-code");
  await without.getByRole("heading", { name: "Log in" }).waitFor();
  assert.equal(await without.locator("[data-email-login]").count(), 0);
});
