// The single-page app of examples/spa behind nginx, Caddy and Vite, which keep the prefix /auth or strip it.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { startBrowser, visit } from "../support/browser.js";
import { examples, freePort, startCaddy, startNginx, startVite } from "../support/proxies.js";
import { send } from "../support/send.js";
import { startService, stopAll } from "../support/service.js";

const app = fileURLToPath(new URL("spa/app", examples)).replace(/\/$/, "");
const account = { username: "minji", email: "minji@example.com", password: "Correct-Horse-7-battery" };

const nginx = (port, upstream, strip) =>
  startNginx("spa/nginx.conf", [
    ["server daemun:8080;", `server ${upstream};`],
    ["root /usr/share/nginx/html;", `root ${app};`],
    ...(strip ? [["proxy_pass http://daemun;", "proxy_pass http://daemun/;"]] : []),
  ], { port });

const caddy = (port, upstream, strip) =>
  startCaddy("spa/Caddyfile", [
    ["reverse_proxy daemun:8080", `reverse_proxy ${upstream}`],
    ["root * /srv", `root * ${app}`],
    ...(strip ? [["\thandle /auth/* {", "\thandle_path /auth/* {"]] : []),
  ], { port });

const vite = (port, upstream, strip) =>
  startVite("spa/vite.config.js", [
    [`daemun = "http://127.0.0.1:8080";`, `daemun = "http://${upstream}";`],
    ...(strip ? [["changeOrigin: false", `changeOrigin: false, rewrite: (path) => path.slice("/auth".length)`]] : []),
  ], { port });

for (const [name, start, strip] of [
  ["nginx keeps the prefix", nginx, false],
  ["nginx strips the prefix", nginx, true],
  ["Caddy keeps the prefix", caddy, false],
  ["Caddy strips the prefix", caddy, true],
  ["Vite keeps the prefix", vite, false],
  ["Vite strips the prefix", vite, true],
]) {
  test(name, async () => {
    const port = await freePort();
    const origin = `http://localhost:${port}`;
    const service = await startService({
      DAEMUN_PUBLIC_URL: `${origin}/auth`,
      ...(strip ? {} : { DAEMUN_BASE_PATH: "/auth" }),
      DAEMUN_CHANGE_PASSWORD_URL: `${origin}/account`,
      DAEMUN_TRUSTED_PROXIES: "127.0.0.1",
      DAEMUN_MAIL_URL: "file://mail",
      DAEMUN_UNSAFE_FAST_HASHES: "true",
      DAEMUN_BCRYPT_COST: "4",
    });
    const proxy = await start(port, new URL(service.url).host, strip);
    const browser = await startBrowser();
    try {
      const { page, faults } = await visit(browser, origin);
      await wellKnownPaths(origin);
      await clientSideRoutes(page, origin);
      await signUpAndLogIn(page, origin);
      await pages(page, origin);
      await landingPage(page, origin, join(service.folder, "mail"));
      assert.deepEqual(faults, []);
    } finally {
      await browser.close();
      await stopAll(proxy, service);
    }
  });
}

/** Clients find the issuer and the page to change a password at the root of the origin, where the app is. */
async function wellKnownPaths(origin) {
  const { json } = await send(`${origin}/.well-known/oauth-authorization-server/auth`);
  assert.equal(json.issuer, `${origin}/auth`);
  const { status, headers } = await send(`${origin}/.well-known/change-password`);
  assert.deepEqual([status, headers.location], [302, `${origin}/account`]);
}

/** The paths of the app's routes are those of the service, and survive a reload. */
async function clientSideRoutes(page, origin) {
  for (const [path, heading] of [["/login", "Log in"], ["/signup", "Sign up"], ["/", "You are not logged in"]]) {
    await page.goto(origin + path);
    await page.locator("h1", { hasText: heading }).waitFor();
    await page.reload();
    await page.locator("h1", { hasText: heading }).waitFor();
  }
  await page.goto(`${origin}/author`);
  await page.locator("h1", { hasText: "Page not found" }).waitFor();
}

async function signUpAndLogIn(page, origin) {
  await page.click("text=Sign up");
  assert.equal(page.url(), `${origin}/signup`);
  for (const [name, value] of Object.entries(account)) await page.fill(`[name=${name}]`, value);
  await page.click("main button");
  await page.locator("h1", { hasText: "Hello, minji" }).waitFor();
  await page.reload();
  await page.click("text=Log out");
  await page.locator("h1", { hasText: "You are not logged in" }).waitFor();
  await page.click("nav >> text=Log in");
  await page.fill("[name=identifier]", account.email);
  await page.fill("[name=password]", "wrong");
  await page.click("main button");
  await page.locator("[role=alert]", { hasText: "Incorrect username" }).waitFor();
  await page.fill("[name=password]", account.password);
  await page.click("main button");
  await page.locator("h1", { hasText: "Hello, minji" }).waitFor();
}

/** Every address in a response leads to its page. */
async function pages(page, origin) {
  const created = await page.request.post(`${origin}/auth/signup`, { data: { ...account, username: "ann", email: "ann@example.com" } });
  assert.equal(created.headers().location, "/auth/me");
  const refused = await page.request.post(`${origin}/auth/login`, { data: {} });
  const problem = await refused.json();
  assert.equal(problem.instance, "/auth/login");
  await page.goto(new URL(problem.type, origin).href);
  await page.locator("code", { hasText: "validation_failed" }).first().waitFor();
  for (const path of ["/auth", "/auth/", "/auth/swagger-ui"]) {
    await page.goto(origin + path);
    assert.equal(page.url(), `${origin}/auth/swagger-ui/`, path);
  }
  const response = page.waitForResponse((response) => response.url() === `${origin}/auth/session`);
  await page.locator("#operations-sessions-get_session .opblock-summary-control").click();
  await page.locator("#operations-sessions-get_session .execute").click();
  assert.equal((await response).status(), 200);
}

async function landingPage(page, origin, folder) {
  const link = await mailedLink(folder, `${origin}/auth/email/verify#token=`);
  await page.goto(link);
  await page.click("#submit");
  await page.locator("#message", { hasText: "verified" }).waitFor();
}

/** Returns the link in the first mail to the account. */
async function mailedLink(folder, start) {
  for (const end = Date.now() + 15_000; Date.now() < end; await pause(50)) {
    for (const name of await readdir(folder).catch(() => [])) {
      if (!name.endsWith(".eml")) continue;
      const mail = (await readFile(join(folder, name), "utf8")).replaceAll("=\r\n", "").replaceAll("=3D", "=");
      const at = mail.includes(`To: ${account.email}`) ? mail.indexOf(start) : -1;
      if (at >= 0) return mail.slice(at).split(/[\s"<]/)[0];
    }
  }
  throw new Error("no mail with a link arrived");
}
