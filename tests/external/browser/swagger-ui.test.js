// Swagger UI as a new developer uses it, with the page's own buttons, served by the binary.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { looks, nameOf, optionsOf, startAudit } from "../support/axe.js";
import { sessionCookies, startBrowser, visit } from "../support/browser.js";
import { startService, stopAll } from "../support/service.js";
import { startStrippingProxy } from "../support/stripping-proxy.js";
import { addAuthenticator } from "../support/virtual-authenticator.js";

let service, proxy, browser;
before(async () => {
  service = await startService({ DAEMUN_CAPTCHA: "off", DAEMUN_PASSKEY_RP_ID: "localhost", DAEMUN_UNSAFE_FAST_HASHES: "on", DAEMUN_BCRYPT_COST: "4" });
  proxy = await startStrippingProxy(service.url, "/tools/auth");
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await stopAll(proxy, service);
});

test("signs up, is authenticated, logs out and logs in again with the cookie that the examples request", async () => {
  const { page, context, faults } = await visit(browser, service.url);
  await page.goto(service.url);
  await page.getByRole("heading", { name: "daemun" }).waitFor();

  const signedUp = await execute(page, "sign_up");
  assert.equal(signedUp.status, 201);
  assert.match(signedUp.body.user.username, /^Minji-[0-9a-z]+$/);
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

test("creates another user by each Execute of the signup's example, and keeps a name that was typed", async () => {
  const { page, faults } = await visit(browser, service.url);
  await page.goto(`${service.url}/swagger-ui/`);
  const names = new Set();
  for (let signups = 1; signups <= 3; signups += 1) {
    const { status, body } = await execute(page, "sign_up");
    assert.equal(status, 201);
    names.add(body.user.username);
    assert.equal(names.size, signups);
  }
  const typed = { username: "Seojun", email: "seojun@example.com", password: "seven lanterns over the gate" };
  assert.equal((await execute(page, "sign_up", typed)).body.user.username, "Seojun");
  const repeated = await execute(page, "sign_up");
  assert.deepEqual([repeated.status, repeated.body.errors.map(({ field }) => field)], [409, ["username", "email"]]);
  assert.deepEqual(faults, []);
});

test("asks for a session token and a service key, never for the cookie", async () => {
  const { page, faults } = await visit(browser, service.url);
  await page.goto(`${service.url}/swagger-ui/`);
  await page.locator(".scheme-container").getByRole("button", { name: "Authorize" }).click();
  const dialog = page.getByRole("dialog", { name: "Available authorizations" });
  assert.deepEqual(await dialog.locator("h4 code").allTextContents(), ["Session token (bearer)", "Service key"]);
  assert.equal(await dialog.locator("input").count(), 2);
  assert.equal(await page.evaluate(() => document.activeElement.ariaLabel), "Session token (bearer)");
  await dialog.getByRole("button", { name: "Close" }).first().click();

  const locked = page.locator(".opblock", { has: page.locator(".authorization__btn") });
  const operations = await locked.locator(".opblock-summary-operation-id").allTextContents();
  assert.ok(operations.includes("get_me") && operations.includes("introspect"), operations.join());
  assert.ok(!operations.includes("sign_up"), operations.join());
  await page.locator('.opblock[id$="-get_me"] .authorization__btn').click();
  assert.deepEqual(await dialog.locator("h4 code").allTextContents(), ["Session token (bearer)"]);
  assert.deepEqual(faults, []);
});

test("has a title and a language, and follows the browser's color scheme", async () => {
  const { page, faults } = await visit(browser, service.url, { colorScheme: "dark" });
  await page.goto(`${service.url}/swagger-ui/`);
  await page.getByRole("heading", { name: "daemun" }).waitFor();
  assert.equal(await page.title(), "daemun · Swagger UI");
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  assert.match(await page.locator("meta[name=viewport]").getAttribute("content"), /^width=device-width/);
  const background = (color) => page.waitForFunction((color) => getComputedStyle(document.body).backgroundColor === color, color);
  await background("rgb(28, 32, 34)");
  await page.emulateMedia({ colorScheme: "light" });
  await background("rgb(250, 250, 250)");
  assert.deepEqual(faults, []);
});

test("registers a passkey, logs in with it, completes a login and confirms, by buttons that run the ceremony", async () => {
  const local = service.url.replace("127.0.0.1", "localhost");
  const { page, context, faults } = await visit(browser, local);
  await page.goto(`${local}/swagger-ui/`);
  const authenticator = await addAuthenticator(page);
  const { user } = (await execute(page, "sign_up")).body;

  await fillByPasskey(page, "register_passkey", "Create a passkey");
  const registered = await execute(page, "register_passkey");
  assert.equal(registered.status, 201);
  assert.equal(registered.body.recovery_codes.length, 10);
  assert.equal((await authenticator.credentials()).length, 1);

  assert.equal((await execute(page, "log_out")).status, 204);
  await fillByPasskey(page, "log_in_with_passkey", "Use a passkey");
  assert.equal((await execute(page, "log_in_with_passkey")).body.user.id, user.id);
  assert.equal((await sessionCookies(context)).length, 1);
  assert.equal((await execute(page, "get_me")).body.id, user.id);
  await fillByPasskey(page, "confirm_session", "Use a passkey");
  assert.equal((await execute(page, "confirm_session")).status, 204);

  assert.equal((await execute(page, "log_out")).status, 204);
  const required = await execute(page, "log_in", { identifier: user.username, password: "Correct-Horse-7-battery", transport: "cookie" });
  assert.equal(required.body.code, "second_factor_required");
  const { challenge } = required.body;
  await fillByPasskey(page, "log_in_with_second_factor", "Use a passkey", { challenge });
  assert.equal((await execute(page, "log_in_with_second_factor")).status, 200);
  assert.equal((await execute(page, "get_me")).body.id, user.id);

  await page.locator('[id$="-log_in_with_second_factor"] textarea').fill('{"challenge": "dmx_none"}');
  await page.locator('[id$="-log_in_with_second_factor"]').getByRole("button", { name: "Use a passkey" }).click();
  const status = page.getByRole("status").filter({ hasText: "challenge_expired: " });
  await status.waitFor();
  assert.deepEqual(faults, []);
});

/** Opens an operation, fills in its body if one is given, and presses the button that runs the ceremony. */
async function fillByPasskey(page, operation, label, body) {
  const block = page.locator(`.opblock[id$="-${operation}"]`);
  const summary = block.locator(".opblock-summary-control");
  await summary.waitFor();
  if ((await summary.getAttribute("aria-expanded")) !== "true") await summary.click();
  if (body) await block.locator("textarea").fill(JSON.stringify(body));
  await block.getByRole("button", { name: label }).click();
  await block.getByText("The body is filled in.").waitFor();
}

test("works below a path that a proxy strips", async () => {
  const { page, context, faults } = await visit(browser, proxy.url);
  for (const path of ["/tools/auth/", "/tools/auth/swagger-ui"]) {
    await page.goto(proxy.url + path);
    assert.equal(page.url(), `${proxy.url}/tools/auth/swagger-ui/`);
  }
  const request = page.waitForRequest((request) => request.method() === "POST");
  const signedUp = await execute(page, "sign_up");
  assert.equal(signedUp.status, 201);
  assert.equal((await request).url(), `${proxy.url}/tools/auth/signup`);
  assert.deepEqual((await execute(page, "get_me")).body, signedUp.body.user);

  const links = await page.locator(".info a").evaluateAll((all) => all.map(({ href }) => href));
  const own = links.filter((link) => link.startsWith(proxy.url));
  assert.deepEqual(own, [`${proxy.url}/tools/auth/openapi.json`, `${proxy.url}/tools/auth/problems`]);
  for (const link of own) assert.equal((await context.request.get(link)).status(), 200);
  assert.deepEqual(faults, []);
});

test("is accessible: closed, with an operation of each method open, and in the Authorize dialog", async (test) => {
  const audit = startAudit();
  for (const look of looks.filter(({ language }) => language === "en")) {
    const { page, context, faults } = await visit(browser, service.url, optionsOf(look));
    const check = (state) => audit.check(page, `${state}-${nameOf(look)}`);
    await page.goto(`${service.url}/swagger-ui/`);
    await page.locator(".opblock").first().waitFor();
    await check("closed");
    for (const operation of ["get_me", "update_me", "change_password", "end_session", "register_passkey"]) await execute(page, operation);
    assert.equal((await execute(page, "sign_up")).status, 201);
    for (const tab of await page.locator('[id$="-sign_up"]').getByRole("tab", { name: "Schema" }).all()) await tab.click();
    await check("open");
    await authorize(page, "dms_of-no-session");
    await page.locator(".scheme-container").getByRole("button", { name: "Authorize" }).click();
    await page.getByRole("dialog").waitFor();
    await check("authorized");
    assert.deepEqual(faults, []);
    await context.close();
  }
  audit.finish(test);
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
  const bearer = page.locator(".auth-container", { has: page.locator("h4", { hasText: "Session token" }) });
  await bearer.locator("input").fill(token);
  await bearer.getByRole("button", { name: "Authorize" }).click();
  await page.locator(".close-modal").click();
}
