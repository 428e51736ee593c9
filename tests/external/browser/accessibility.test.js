// axe on the pages of mailed links, of problem codes and of the example, in every state that a user sees.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { codeOf } from "../support/authenticator-app.js";
import { looks, nameOf, optionsOf, startAudit } from "../support/axe.js";
import { startBrowser, visit } from "../support/browser.js";
import { submit } from "../support/example.js";
import { freePort, startGate } from "../support/gate.js";
import { mailbox } from "../support/mailbox.js";
import { startService } from "../support/service.js";

const password = "Correct-Horse-7-battery";

let service, gate, browser, mailTo;
before(async () => {
  const port = await freePort();
  service = await startService({
    DAEMUN_TRUSTED_PROXIES: "127.0.0.1",
    DAEMUN_PUBLIC_URL: `http://localhost:${port}`,
    DAEMUN_MAIL_URL: "file://mails",
    DAEMUN_EMAIL_LOG_IN: "on",
    DAEMUN_RATE_LIMITS: "off",
    DAEMUN_UNSAFE_FAST_HASHES: "on",
    DAEMUN_BCRYPT_COST: "4",
    DAEMUN_APP_NAME: "Söhne & 대문",
    // Another origin, so that the pages open no session.
    DAEMUN_APP_URL: "https://app.example.com",
    // A contrast of 4.51 with white. In dark, the pages lighten the color until its contrast is just above 4.5.
    DAEMUN_APP_COLOR: "#b16300",
  });
  gate = await startGate(service.url, port);
  browser = await startBrowser();
  mailTo = mailbox(join(service.folder, "mails"));
});
after(async () => {
  await browser?.close();
  await gate?.stop();
  await service?.stop();
});

/** Runs the steps in every look, each as a new visitor with an account of its own, and audits what they check. */
async function inEveryLook(test, area, steps) {
  const audit = startAudit();
  for (const look of looks) {
    const { page, context, faults } = await visit(browser, gate.url, optionsOf(look));
    const email = `${area}-${nameOf(look)}@example.com`;
    const check = (state) => audit.check(page, `${area}-${state}-${nameOf(look)}`);
    await steps({ page, check, email, username: `${area}.${nameOf(look)}` });
    assert.deepEqual(faults, []);
    await context.close();
  }
  audit.finish(test);
}

async function post(path, body) {
  const headers = { "content-type": "application/json" };
  const response = await fetch(gate.url + path, { method: "POST", headers, body: JSON.stringify(body) });
  assert.ok(response.ok, `${path} returned ${response.status}`);
}

/** Opens a link and waits until the page shows its form. */
async function openLink(page, link) {
  await page.goto("about:blank");
  await page.goto(link);
  await page.locator("form").waitFor();
}

test("the verification page, in every state", async (t) => {
  await inEveryLook(t, "verify", async ({ page, check, email, username }) => {
    await page.goto(`${gate.url}/email/verify`);
    await page.locator("#message").filter({ hasText: /./ }).waitFor();
    await check("without-token");

    await post("/signup", { username, email, password });
    const { link } = await mailTo(email);
    await openLink(page, link);
    assert.equal(await page.locator("#username").inputValue(), email);
    // No user is logged in, so the page requests the password before the button is pressed.
    await page.locator("#password").waitFor();
    await check("password");
    await page.locator("#password").fill("not the password");
    await page.locator("#reveal").click();
    assert.equal(await page.locator("#password").getAttribute("type"), "text");
    await check("revealed");
    await page.locator("#submit").click();
    await page.locator("#message.error").waitFor();
    assert.equal(await page.locator("#password").getAttribute("type"), "password");
    await check("wrong");
    await page.locator("#password").fill(password);
    await page.locator("#submit").click();
    await page.locator("#continue").waitFor();
    assert.ok(await page.locator("form").isHidden());
    await check("done");

    await openLink(page, link);
    await page.locator("#password").fill(password);
    await page.locator("#submit").click();
    await page.locator("form").waitFor({ state: "hidden" });
    await check("used");
  });
});

test("the verification page of a user who is logged in", async (t) => {
  await inEveryLook(t, "member", async ({ page, check, email, username }) => {
    await page.goto(`${gate.url}/problems`);
    const context = page.context();
    await context.request.post(`${gate.url}/signup`, { data: { username, email, password, transport: "cookie" } });
    const { link } = await mailTo(email);
    await openLink(page, link);
    assert.ok(await page.locator("#password").isHidden(), "the session is enough");
    await check("button");
    await page.locator("#submit").click();
    await page.locator("#continue").waitFor();
    await check("done");
  });
});

test("the reset page, in every state", async (t) => {
  await inEveryLook(t, "reset", async ({ page, check, email, username }) => {
    await page.goto(`${gate.url}/password/reset`);
    await page.locator("#message").filter({ hasText: /./ }).waitFor();
    await check("without-token");

    await post("/signup", { username, email, password });
    await mailTo(email);
    await post("/password/forgot", { email });
    const { link } = await mailTo(email);
    await openLink(page, link);
    assert.equal(await page.locator("#username").inputValue(), email);
    await check("form");
    await page.locator("#password").fill("password");
    await page.locator("#submit").click();
    await page.locator("#message.error").waitFor();
    await check("rejected");
    await page.locator("#password").fill("nine lanterns over the gate");
    await page.locator("#submit").click();
    await page.locator("#continue").waitFor();
    assert.equal(await page.locator("#continue").getAttribute("href"), "https://app.example.com");
    await check("done");
  });
});

test("the pages of problem codes", async (t) => {
  await inEveryLook(t, "problems", async ({ page, check }) => {
    await page.goto(`${gate.url}/problems`);
    await check("list");
    await page.locator("a", { hasText: "validation_failed" }).click();
    await page.waitForURL("**/problems/validation_failed");
    await check("page");
    await page.locator("main a").click();
    await page.waitForURL("**/problems");
  });
});

test("the example page", async (t) => {
  await inEveryLook(t, "example", async ({ page, check, email, username }) => {
    await page.goto(gate.url);
    for (const form of ["login", "login-code", "login-code-verify", "signup", "forgot", "reset", "verify"]) {
      await page.goto(`${gate.url}/#${form}`);
      await page.locator(`#${form}`).waitFor();
      await check(form);
    }
    await page.goto(`${gate.url}/#signup`);
    await submit(page, "signup", { username: "a", email: "invalid", password: "short" });
    await page.locator("#signup [aria-invalid=true]").first().waitFor();
    await check("rejected");
    await submit(page, "signup", { username: username.slice(0, 32), email, password });
    await page.locator("#sessions li").waitFor();
    for (const summary of await page.locator("summary:visible").all()) await summary.click();
    await check("account");
  });
});

test("the example page with second factors", async (t) => {
  await inEveryLook(t, "factors", async ({ page, check, email, username }) => {
    await page.goto(`${gate.url}/#signup`);
    await submit(page, "signup", { username: username.slice(0, 32), email, password });
    await page.locator("#sessions li").waitFor();
    for (const part of ["totp-begin", "passkeys", "devices"]) await page.locator(`details:has(#${part}) > summary`).click();
    await page.locator("#totp-begin").click();
    await page.locator("#totp-setup").waitFor();
    await check("set-up");
    await submit(page, "totp-setup", { code: await codeOf(await page.locator("#totp-secret").textContent(), -1) });
    await page.locator("#codes li").nth(9).waitFor();
    const [recoveryCode] = await page.locator("#codes li").allTextContents();
    await check("codes");
    await page.locator("#codes-done").click();
    await page.locator("#codes-part > summary").click();
    await check("on");

    await page.locator("#logout").click();
    await submit(page, "login", { identifier: email, password });
    await page.locator("#second-factor").waitFor();
    await check("second-step");
    await page.locator("#second-factor [data-recovery] a").click();
    await page.locator("#recovery").waitFor();
    await check("recovery");
    await submit(page, "recovery", { recovery_code: recoveryCode });
    await page.locator("#sessions li").first().waitFor();
    await page.locator("#codes-part > summary").click();
    await page.locator("#renew-codes").click();
    await page.locator("#confirmation[open]").waitFor();
    await check("confirmation");
  });
});
