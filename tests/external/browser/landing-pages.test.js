// The landing pages of an app on the service's origin: they log the user in, unless the browser would drop the cookie.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { sessionCookies, startBrowser, visit } from "../support/browser.js";
import { open, submit } from "../support/example.js";
import { freePort, startGate } from "../support/gate.js";
import { mailbox } from "../support/mailbox.js";
import { startService, stopAll } from "../support/service.js";

const password = "Correct-Horse-7-battery";
const another = "nine lanterns over the gate";

/** A host without a secure context, unlike `localhost`. Chromium resolves it to this machine. */
const plainHost = "app.example";

let service, gate, browser, mailTo, plainUrl;
before(async () => {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  service = await startService({
    DAEMUN_TRUSTED_PROXIES: "127.0.0.1",
    DAEMUN_PUBLIC_URL: url,
    DAEMUN_MAIL_URL: "file://mails",
    DAEMUN_EMAIL_VERIFICATION: "required",
    // Neither page requires a proof of work: the link is proof enough.
    DAEMUN_CAPTCHA: "always",
    DAEMUN_RATE_LIMITS: "off",
    DAEMUN_APP_NAME: "Gate",
    DAEMUN_APP_URL: `${url}/`,
  });
  gate = await startGate(service.url, port);
  plainUrl = `http://${plainHost}:${port}`;
  browser = await startBrowser(`--host-resolver-rules=MAP ${plainHost} 127.0.0.1`);
  mailTo = mailbox(join(service.folder, "mails"));
});
after(async () => {
  await browser?.close();
  await stopAll(gate, service);
});

/** Signs up on the example page. Resolves with the link of the mail. */
async function signUp(name, email = `${name}@example.com`) {
  const { page, context } = await open(browser, gate, "/#signup");
  await submit(page, "signup", { username: name, email, password });
  const { link } = await mailTo(email);
  await context.close();
  return link;
}

/** Requests a new password. Resolves with the link of the mail. */
async function forgot(name) {
  const { page, context } = await open(browser, gate, "/#forgot");
  await submit(page, "forgot", { email: `${name}@example.com` });
  const { link } = await mailTo(`${name}@example.com`);
  await context.close();
  return link;
}

test("a verification and a reset open a session, and the pages continue to the app", async () => {
  const verify = await visit(browser, gate.url);
  await verify.page.goto(await signUp("minji"));
  await verify.page.getByLabel("Password of the account").fill(password);
  await verify.page.getByRole("button", { name: "Verify my address" }).click();
  await verify.page.getByText("Your email address is verified, and you are logged in as minji (minji@example.com).").waitFor();
  await verify.page.getByRole("link", { name: "Continue to Gate" }).click();
  await verify.page.getByRole("heading", { name: "Hello, minji" }).waitFor();

  const reset = await visit(browser, gate.url);
  await reset.page.goto(await forgot("minji"));
  await reset.page.getByLabel("New password").fill(another);
  await reset.page.getByRole("button", { name: "Set the password" }).click();
  await reset.page.getByText("The new password is set, and you are logged in as minji (minji@example.com).").waitFor();
  await reset.page.getByRole("link", { name: "Continue to Gate" }).click();
  await reset.page.getByRole("heading", { name: "Hello, minji" }).waitFor();
  assert.deepEqual([...verify.faults, ...reset.faults], []);
});

test("where the browser would drop the cookie, the pages do the same without a session", async () => {
  const verify = await visit(browser, plainUrl);
  await verify.page.goto((await signUp("jisu")).replace(gate.url, plainUrl));
  await verify.page.getByLabel("Password of the account").fill(password);
  await verify.page.getByRole("button", { name: "Verify my address" }).click();
  await verify.page.getByText("Your email address is verified.", { exact: true }).waitFor();

  const reset = await visit(browser, plainUrl);
  await reset.page.goto((await forgot("jisu")).replace(gate.url, plainUrl));
  await reset.page.getByLabel("New password").fill(another);
  await reset.page.getByRole("button", { name: "Set the password" }).click();
  await reset.page.getByText("The new password is set. You can log in with it now.").waitFor();
  for (const { context, faults } of [verify, reset]) {
    assert.deepEqual(await sessionCookies(context), []);
    assert.deepEqual(faults, []);
  }
});

test("the pages show and hide the password, and store the address for a password manager", async () => {
  const { page, faults } = await visit(browser, gate.url);
  const link = await signUp("bora", "Bora+Gate@example.com");
  await page.goto(link);
  const field = page.getByLabel("Password of the account");
  await field.fill(password);
  assert.ok(link.endsWith("&email=Bora%2BGate%40example.com"), link);
  assert.deepEqual(
    await page.locator("input").evaluateAll((inputs) => inputs.map(({ autocomplete, readOnly, value }) => [autocomplete, readOnly, value])),
    [["username", true, "Bora+Gate@example.com"], ["current-password", false, password]],
  );
  assert.equal(page.url(), `${gate.url}/email/verify`, "token and address leave the address bar");
  await page.getByRole("button", { name: "Show password" }).click();
  assert.equal(await field.getAttribute("type"), "text");
  await page.getByRole("button", { name: "Hide password" }).click();
  assert.equal(await field.getAttribute("type"), "password");
  assert.deepEqual(faults, []);
});

test("below a base path, the pages find the service and each other", async () => {
  const service = await startService({
    DAEMUN_BASE_PATH: "/auth",
    DAEMUN_MAIL_URL: "file://mails",
    DAEMUN_PUBLIC_URL: "https://app.example.com/auth",
  });
  try {
    const { origin } = new URL(service.url);
    const { page, faults } = await visit(browser, origin);
    const account = { username: "sora", email: "sora@example.com", password };
    await fetch(`${origin}/auth/signup`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(account) });
    const { link } = await mailbox(join(service.folder, "mails"))(account.email);
    await page.goto(link.replace("https://app.example.com", origin));
    await page.getByLabel("Password of the account").fill(password);
    await page.getByRole("button", { name: "Verify my address" }).click();
    await page.getByText("Your email address is verified. You can close this page.").waitFor();

    await page.goto(`${origin}/auth/problems`);
    await page.getByRole("link", { name: "token_invalid" }).click();
    await page.getByRole("heading", { name: "Link no longer valid" }).waitFor();
    await page.getByRole("link", { name: "All problem codes" }).click();
    await page.getByRole("heading", { name: "Problem codes" }).waitFor();
    assert.equal(page.url(), `${origin}/auth/problems`);
    assert.deepEqual(faults, []);
  } finally {
    await service.stop();
  }
});
