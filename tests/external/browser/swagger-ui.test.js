// Swagger UI as a new developer uses it, with the page's own buttons, served by the binary.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { sessionCookies, startBrowser, visit } from "../support/browser.js";
import { startService } from "../support/service.js";

let service, browser;
before(async () => {
  service = await startService();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

test("signs up, is authenticated, logs out and logs in again with the cookie that the examples request", async () => {
  const { page, context, faults } = await visit(browser, service.url);
  await page.goto(service.url);
  await page.getByRole("heading", { name: "daemun" }).waitFor();

  const signedUp = await execute(page, "sign_up");
  assert.equal(signedUp.status, 201);
  assert.equal(signedUp.body.user.username, "Minji");
  assert.ok(!("token" in signedUp.body.session), "the body does not contain the cookie's token");
  const [cookie] = await sessionCookies(context);
  assert.deepEqual(
    { name: cookie.name, httpOnly: cookie.httpOnly, secure: cookie.secure, sameSite: cookie.sameSite, path: cookie.path },
    { name: "__Host-daemun", httpOnly: true, secure: true, sameSite: "Lax", path: "/" },
  );

  const me = await execute(page, "get_me");
  assert.equal(me.status, 200);
  assert.deepEqual(me.body, signedUp.body.user);

  assert.equal((await execute(page, "log_out")).status, 204);
  assert.deepEqual(await sessionCookies(context), [], "the cookie is cleared");
  const anonymous = await execute(page, "get_me");
  assert.equal(anonymous.status, 401);
  assert.equal(anonymous.body.code, "not_authenticated");

  assert.equal((await execute(page, "log_in")).status, 200);
  assert.equal((await execute(page, "get_me")).body.id, me.body.id);
  assert.deepEqual(faults, []);
});

test("is authenticated by the token from the Authorize dialog", async () => {
  const { page, context, faults } = await visit(browser, service.url);
  await page.goto(`${service.url}/swagger-ui/`);
  const body = { username: "Jisu", email: "jisu@example.com", password: "seven lanterns over the gate", transport: "token" };
  const signedUp = await execute(page, "sign_up", body);
  assert.equal(signedUp.status, 201);
  assert.match(signedUp.body.session.token, /^dms_/);
  assert.equal((await execute(page, "get_me")).status, 401, "the browser does not send the token by itself");

  await authorize(page, signedUp.body.session.token);
  const request = page.waitForRequest((request) => new URL(request.url()).pathname === "/me");
  assert.equal((await execute(page, "get_me")).body.username, "Jisu");
  assert.equal((await request).headers().authorization, `Bearer ${signedUp.body.session.token}`);
  assert.deepEqual(await sessionCookies(context), []);

  assert.equal((await execute(page, "log_out")).status, 204);
  assert.equal((await execute(page, "get_me")).status, 401);
  assert.deepEqual(faults, []);
});

test("shows why each field is rejected, and the page behind the problem's type", async () => {
  const { page, faults } = await visit(browser, service.url);
  await page.goto(`${service.url}/swagger-ui/`);
  const rejected = await execute(page, "sign_up", { username: "a", email: "a@", password: "short" });
  assert.equal(rejected.status, 422);
  assert.deepEqual(rejected.body.errors.map((error) => error.field).sort(), ["email", "password", "username"]);

  await page.goto(new URL(rejected.body.type, service.url).href);
  assert.match(await page.getByRole("heading").textContent(), new RegExp(rejected.body.title));
  assert.deepEqual(faults, []);
});

/** Opens an operation if necessary, fills in the body if one is given, and presses Execute. */
async function execute(page, operation, body) {
  const block = page.locator(`.opblock[id$="-${operation}"]`);
  const button = block.getByRole("button", { name: "Execute", exact: true });
  const summary = block.locator(".opblock-summary-control");
  await summary.waitFor();
  if ((await summary.getAttribute("aria-expanded")) !== "true") await summary.click();
  const tryIt = block.getByRole("button", { name: "Try it out" });
  await button.or(tryIt).first().waitFor();
  if (await tryIt.isVisible()) await tryIt.click();
  if (body) await block.locator("textarea").fill(JSON.stringify(body));

  const clear = block.getByRole("button", { name: "Clear", exact: true });
  if (await clear.isVisible()) await clear.click();
  await button.click();
  const response = block.locator(".live-responses-table .response");
  await response.waitFor();
  const status = Number(await response.locator(".response-col_status").textContent());
  const shown = response.locator(".highlight-code code").first();
  return { status, body: (await shown.count()) > 0 ? JSON.parse(await shown.textContent()) : undefined };
}

async function authorize(page, token) {
  await page.locator(".scheme-container").getByRole("button", { name: "Authorize" }).click();
  const bearer = page.locator(".auth-container", { has: page.locator("h4", { hasText: /^bearer/ }) });
  await bearer.locator("input").fill(token);
  await bearer.getByRole("button", { name: "Apply credentials" }).or(bearer.getByRole("button", { name: "Authorize" })).first().click();
  await page.locator(".close-modal").click();
}
