// Invited and closed signup on the example page, with a real mail from `daemun invite`.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { startBrowser } from "../support/browser.js";
import { filled, open, submit } from "../support/example.js";
import { freePort, startGate } from "../support/gate.js";
import { mailbox } from "../support/mailbox.js";
import { startService, stopAll } from "../support/service.js";

const account = (name) => ({ username: name, email: `${name}@example.com`, password: "Correct-Horse-7-battery" });

async function start(mode) {
  const port = await freePort();
  const settings = {
    DAEMUN_TRUSTED_PROXIES: "127.0.0.1",
    DAEMUN_SIGN_UP: mode,
    DAEMUN_MAIL_URL: "file://mails",
    DAEMUN_EMAIL_VERIFICATION: "required",
    DAEMUN_INVITATION_URL: `http://localhost:${port}/`,
  };
  const service = await startService(settings);
  const gate = await startGate(service.url, port);
  const invite = (...rest) =>
    promisify(execFile)(process.env.DAEMUN, ["invite", "create", ...rest], { cwd: service.folder, env: settings });
  return { gate, invite, mailTo: mailbox(join(service.folder, "mails")), stop: () => stopAll(gate, service) };
}

let invited, closed, browser;
before(async () => {
  browser = await startBrowser();
  invited = await start("invited");
  closed = await start("closed");
});
after(() => stopAll(browser && { stop: () => browser.close() }, invited, closed));

test("the link of the mail opens a signup that needs no further mail", async () => {
  await invited.invite("--email", "minji@example.com", "--role", "editor");
  const { link } = await invited.mailTo("minji@example.com");
  const { page, faults } = await open(browser, invited.gate, new URL(link).hash);
  assert.equal(new URL(page.url()).hash, "#signup", "the page removes the invitation from the address bar");
  assert.match(await page.locator("#signup-invitation").inputValue(), /^dmi_/);
  await submit(page, "signup", account("minji"));
  await page.getByRole("heading", { name: "Hello, minji" }).waitFor();
  assert.deepEqual(faults, []);
});

test("a wrong invitation is reported beside its field, and an empty one is not sent", async () => {
  const { page } = await open(browser, invited.gate, "/#signup");
  await submit(page, "signup", account("jisu"));
  assert.match(await filled(page.locator("#signup-invitation-error")), /fill this in/);
  await submit(page, "signup", { invitation: "dmi_wrong" });
  assert.match(await filled(page.locator("#signup-invitation-error")), /invitation cannot be used/);
  const { stdout } = await invited.invite();
  await submit(page, "signup", { invitation: stdout });
  await page.getByRole("heading", { name: "Verify your email" }).waitFor();
});

test("a closed signup has no form", async () => {
  const { page, faults } = await open(browser, closed.gate, "/#signup");
  await page.getByRole("heading", { name: "Log in" }).waitFor();
  assert.equal(await page.locator("#signup").count(), 0);
  assert.ok(await page.locator("#signup-link").isHidden());
  assert.deepEqual(faults, []);
});
