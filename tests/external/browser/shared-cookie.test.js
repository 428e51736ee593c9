// One login for several hosts of a domain, behind nginx with the example configuration and TLS, and cookies that a third host plants.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { startBrowser } from "../support/browser.js";
import { startProgram } from "../support/program.js";
import { examples, freePort, startNginx } from "../support/proxies.js";
import { startService, stopAll } from "../support/service.js";

const password = "Correct-Horse-7-battery";
const name = "__Secure-daemun";
let folder, port, service, app, nginx, browser;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "daemun-tls-"));
  const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=*.example.test"];
  execFileSync("openssl", [...request, "-keyout", key, "-out", certificate], { stdio: "ignore" });
  port = await freePort();
  service = await startService({
    DAEMUN_PUBLIC_URL: `https://auth.example.test:${port}`,
    DAEMUN_COOKIE_DOMAIN: "example.test",
    DAEMUN_TRUSTED_PROXIES: "127.0.0.1",
    DAEMUN_CAPTCHA: "off",
    DAEMUN_UNSAFE_FAST_HASHES: "true",
    DAEMUN_BCRYPT_COST: "4",
  });
  app = await startProgram("python3", [fileURLToPath(new URL("integrations/app/app.py", examples))], { APP_PORT: "0" });
  const address = ({ url }) => url.replace("http://", "");
  const places = [
    [`listen 127.0.0.1:${port};`, `listen 127.0.0.1:${port} ssl; ssl_certificate ${certificate}; ssl_certificate_key ${key};`],
    ["server daemun:8080;", `server ${address(service)};`],
    ["server app:8000;", `server ${address(app)};`],
    ["access_log /dev/stdout combined;", "access_log off;"],
  ];
  nginx = await startNginx("integrations/nginx/forward-auth.conf", places, { port });
  browser = await startBrowser("--host-resolver-rules=MAP *.example.test 127.0.0.1", "--ignore-certificate-errors");
});
after(async () => {
  await browser?.close();
  await stopAll(nginx, app, service);
  await rm(folder, { recursive: true });
});

const at = (host, path) => `https://${host}.example.test:${port}${path}`;

/** Signs up. Resolves with the token of the account's session. */
async function signUp(username) {
  const body = JSON.stringify({ username, email: `${username}@example.com`, password });
  const response = await fetch(`${service.url}/signup`, { method: "POST", headers: { "content-type": "application/json" }, body });
  return (await response.json()).session.token;
}

/** Opens a page with an empty profile. The policy of the JSON responses forbids requests, so it is not enforced. */
async function openPage() {
  const context = await browser.newContext({ bypassCSP: true });
  return { context, page: await context.newPage() };
}

/** Sends a request from a page of the host, with the browser's cookies. Resolves with its status. */
async function fromPage(page, host, url, method, body) {
  await page.goto(at(host, "/healthz"));
  const options = { method, body, credentials: "include", headers: body ? { "content-type": "application/json" } : {} };
  return page.evaluate(async ([url, options]) => (await fetch(url, options)).status, [url, options]);
}

/** Logs in at `auth`. */
async function logIn(page, identifier) {
  const body = JSON.stringify({ identifier, password, transport: "cookie" });
  assert.equal(await fromPage(page, "auth", at("auth", "/login"), "POST", body), 200);
}

/** Opens the app at a host. Resolves with the status and the username that the app received. */
async function visitApp(page, host) {
  const response = await page.goto(at(host, "/app/"));
  return [response.status(), (await response.json()).caller?.["X-Auth-Username"]];
}

/** Sets a cookie by a script on a page of `evil`. */
async function plant(page, cookie) {
  await page.goto(at("evil", "/healthz"));
  await page.evaluate((cookie) => void (document.cookie = cookie), cookie);
}

test("one login serves every host of the domain until one logout", async () => {
  await signUp("minji");
  const { context, page } = await openPage();
  assert.deepEqual(await visitApp(page, "app"), [401, undefined]);
  await logIn(page, "minji");
  const [cookie] = (await context.cookies()).filter((cookie) => cookie.name === name);
  const { domain, path, secure, httpOnly, sameSite } = cookie;
  assert.deepEqual({ domain, path, secure, httpOnly, sameSite }, { domain: ".example.test", path: "/", secure: true, httpOnly: true, sameSite: "Lax" });
  for (const host of ["app", "wiki", "auth"]) assert.deepEqual(await visitApp(page, host), [200, "minji"], host);

  assert.equal(await fromPage(page, "app", at("app", "/app/"), "POST"), 200, "a page of the app's own host");
  // Chromium sends the cookie with a form of another host, because both hosts are of one site.
  await page.goto(at("evil", "/healthz"));
  const submit = (action) => {
    document.body.innerHTML = `<form method="post" action="${action}"></form>`;
    document.forms[0].submit();
  };
  const [refused] = await Promise.all([page.waitForNavigation(), page.evaluate(submit, at("app", "/app/"))]);
  assert.ok((await refused.request().allHeaders()).cookie.includes(name));
  assert.equal(refused.status(), 403, "a page of another host");

  assert.equal(await fromPage(page, "wiki", at("wiki", "/logout"), "POST"), 204);
  for (const host of ["app", "wiki", "auth"]) assert.deepEqual(await visitApp(page, host), [401, undefined], host);
  assert.equal((await context.cookies()).filter((cookie) => cookie.name === name).length, 0);
  await context.close();
});

test("the device cookie stays with its host", async () => {
  await signUp("device");
  const { context, page } = await openPage();
  await logIn(page, "device");
  const [cookie] = (await context.cookies()).filter((cookie) => cookie.name === "__Host-daemun-device");
  assert.equal(cookie.domain, "auth.example.test");
  await context.close();
});

test("a cookie that another host plants beside the session's never changes who is logged in", async (t) => {
  await signUp("victim");
  const live = await signUp("attacker");
  const dead = `dms_${"A".repeat(43)}`;
  for (const [what, value, attributes, sent, expected] of [
    ["no session, sent first", dead, "Path=/app; Domain=example.test", 2, [200, "victim"]],
    ["no token, sent first", "x", "Path=/app; Domain=example.test", 2, [200, "victim"]],
    ["the attacker's live session, sent first", live, "Path=/app; Domain=example.test", 2, [401, undefined]],
    ["in the place of the session's", live, "Path=/; Domain=example.test", 1, [200, "victim"]],
    ["for its own host", live, "Path=/", 1, [200, "victim"]],
  ]) {
    const { context, page } = await openPage();
    await logIn(page, "victim");
    await plant(page, `${name}=${value}; Secure; ${attributes}`);
    const request = page.waitForRequest(at("app", "/app/"));
    assert.deepEqual(await visitApp(page, "app"), expected, what);
    const { cookie } = await (await request).allHeaders();
    assert.equal(cookie.split(`${name}=`).length - 1, sent, `${what}: ${cookie.length} bytes`);
    t.diagnostic(`${what}: Chromium sends ${sent}, ${expected}`);
    await context.close();
  }
});

test("a login ends a planted session that the browser presents", async () => {
  await signUp("mover");
  const planted = await signUp("planter");
  const { context, page } = await openPage();
  await plant(page, `${name}=${planted}; Secure; Path=/; Domain=example.test`);
  assert.deepEqual(await visitApp(page, "app"), [200, "planter"], "the only cookie of the name");
  await logIn(page, "mover");
  assert.deepEqual(await visitApp(page, "app"), [200, "mover"]);
  const me = await fetch(`${service.url}/me`, { headers: { authorization: `Bearer ${planted}` } });
  assert.equal(me.status, 401);
  await context.close();
});
