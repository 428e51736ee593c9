// Swagger UI as a newcomer uses it: the page's own buttons, served by the binary alone.

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

test("signs up, is recognised, logs out and logs in again with the cookie that the examples ask for", async () => {
  const { page, context, faults } = await visit(browser, service.url);
  await page.goto(service.url);
  await page.getByRole("heading", { name: "daemun" }).waitFor();

  const signedUp = await execute(page, "sign_up");
  assert.equal(signedUp.status, 201);
  assert.equal(signedUp.body.user.username, "Minji");
  assert.ok(!("token" in signedUp.body.session), "a cookie's token stays out of the body");
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
  const stranger = await execute(page, "get_me");
  assert.equal(stranger.status, 401);
  assert.equal(stranger.body.code, "not_authenticated");

  assert.equal((await execute(page, "log_in")).status, 200);
  assert.equal((await execute(page, "get_me")).body.id, me.body.id);
  assert.deepEqual(faults, []);
});

test("is recognised by the token that the Authorize dialog takes", async () => {
  const { page, context, faults } = await visit(browser, service.url);
  await page.goto(`${service.url}/swagger-ui/`);
  const body = { username: "Jisu", email: "jisu@example.com", password: "seven lanterns over the gate", transport: "token" };
  const signedUp = await execute(page, "sign_up", body);
  assert.equal(signedUp.status, 201);
  assert.match(signedUp.body.session.token, /^dms_/);
  assert.equal((await execute(page, "get_me")).status, 401, "a token alone logs nobody in");

  await authorize(page, signedUp.body.session.token);
  const asked = page.waitForRequest((request) => new URL(request.url()).pathname === "/me");
  assert.equal((await execute(page, "get_me")).body.username, "Jisu");
  assert.equal((await asked).headers().authorization, `Bearer ${signedUp.body.session.token}`);
  assert.deepEqual(await sessionCookies(context), []);

  assert.equal((await execute(page, "log_out")).status, 204);
  assert.equal((await execute(page, "get_me")).status, 401);
  assert.deepEqual(faults, []);
});

test("shows what a refused field is refused for, and the page behind the problem's type", async () => {
  const { page, faults } = await visit(browser, service.url);
  await page.goto(`${service.url}/swagger-ui/`);
  const refused = await execute(page, "sign_up", { username: "a", email: "a@", password: "short" });
  assert.equal(refused.status, 422);
  assert.deepEqual(refused.body.errors.map((error) => error.field).sort(), ["email", "password", "username"]);

  await page.goto(new URL(refused.body.type, service.url).href);
  assert.match(await page.getByRole("heading").textContent(), new RegExp(refused.body.title));
  assert.deepEqual(faults, []);
});

/** Opens an operation unless it is open, writes its body if there is one to write, and presses Execute. */
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
  const answer = block.locator(".live-responses-table .response");
  await answer.waitFor();
  const status = Number(await answer.locator(".response-col_status").textContent());
  const shown = answer.locator(".highlight-code code").first();
  return { status, body: (await shown.count()) > 0 ? JSON.parse(await shown.textContent()) : undefined };
}

async function authorize(page, token) {
  await page.locator(".scheme-container").getByRole("button", { name: "Authorize" }).click();
  const bearer = page.locator(".auth-container", { has: page.locator("h4", { hasText: /^bearer/ }) });
  await bearer.locator("input").fill(token);
  await bearer.getByRole("button", { name: "Apply credentials" }).or(bearer.getByRole("button", { name: "Authorize" })).first().click();
  await page.locator(".close-modal").click();
}
