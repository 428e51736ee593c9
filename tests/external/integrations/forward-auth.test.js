// An app behind nginx, behind Caddy and behind Envoy, each with the example configuration.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { send, signUp } from "../support/send.js";
import { startProgram } from "../support/program.js";
import { examples, startCaddy, startEnvoy, startNginx } from "../support/proxies.js";
import { startService, stopAll } from "../support/service.js";

const address = ({ url }) => url.replace("http://", "");

const socket = ({ url }) => `address: ${new URL(url).hostname}, port_value: ${new URL(url).port}`;

/** Sets the roles of all accounts. */
function setRoles({ folder }, roles) {
  const program = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute('UPDATE users SET roles = ?', [sys.argv[2]]); db.commit()";
  execFileSync("python3", ["-c", program, join(folder, "data", "daemun.db"), roles]);
}

const configurations = {
  nginx: (service, app, isExpected) =>
    startNginx("integrations/nginx/forward-auth.conf", [
      ["server daemun:8080;", `server ${address(service)};`],
      ["server app:8000;", `server ${address(app)};`],
      ["access_log /dev/stdout combined;", "access_log off;"],
    ], { isExpected }),
  Caddy: (service, app, isExpected) =>
    startCaddy("integrations/caddy/Caddyfile", [
      ["forward_auth daemun:8080 {", `forward_auth ${address(service)} {`],
      ["reverse_proxy daemun:8080 {", `reverse_proxy ${address(service)} {`],
      ["reverse_proxy app:8000", `reverse_proxy ${address(app)}`],
    ], { isExpected }),
  Envoy: (service, app, isExpected) =>
    startEnvoy("integrations/envoy/envoy.yaml", [
      ["address: daemun, port_value: 8080", socket(service)],
      ["address: app, port_value: 8000", socket(app)],
    ], { isExpected }),
};

/** The source from which `DAEMUN_FORWARD_AUTH_PREFLIGHT` reads the method behind each proxy. */
const preflights = { nginx: "x-original-method", Caddy: "x-forwarded-method", Envoy: "own" };

for (const [name, start] of Object.entries(configurations)) {
  describe(name, () => {
    let service, app, proxy, minji;
    before(async () => {
      service = await startService({ DAEMUN_TRUSTED_PROXIES: "127.0.0.1", DAEMUN_UNSAFE_FAST_HASHES: "true", DAEMUN_BCRYPT_COST: "4" });
      app = await startProgram("python3", [fileURLToPath(new URL("integrations/app/app.py", examples))], { APP_PORT: "0" });
      proxy = await start(service, app);
      minji = await signUp(proxy.url, "민지.K");
    });
    after(() => stopAll(proxy, app, service));
    const visit = (headers = {}, options = {}) => send(`${proxy.url}/app/page?x=1`, { headers, ...options });
    const bearer = () => ({ Authorization: `Bearer ${minji.token}` });

    test("forwards an authenticated request and passes the user to the app", async () => {
      const caller = {
        "X-Auth-User-Id": minji.user.id,
        "X-Auth-Username": "민지.K",
        "X-Auth-Email": minji.user.email,
        "X-Auth-Email-Verified": "false",
        "X-Auth-Session-Id": minji.session.id,
      };
      for (const credential of [bearer(), { Cookie: `other=1; ${minji.cookie}` }]) {
        const { status, json } = await visit(credential);
        assert.equal(status, 200);
        assert.deepEqual(json.caller, caller);
        assert.deepEqual([json.method, json.path, json.roles], ["GET", "/app/page?x=1", []]);
      }
      const { status, json } = await visit(bearer(), { method: "POST", body: "x".repeat(40_000) });
      assert.deepEqual([status, json.method], [200, "POST"], "the body is forwarded, the authorization request has none");
    });

    test("rejects requests without a valid session", async () => {
      const forged = `dms_${"A".repeat(43)}`;
      for (const credential of [{}, { Authorization: `Bearer ${forged}` }, { Cookie: `__Host-daemun=${forged}` },
        { Authorization: "Basic bWluamk6eA==" }, { Authorization: `Bearer ${forged}`, Cookie: minji.cookie }]) {
        for (const method of ["GET", "POST"]) {
          const { status, headers, json } = await visit(credential, { method });
          assert.equal(status, 401, JSON.stringify(credential));
          assert.deepEqual([headers["www-authenticate"], headers["content-type"]], ["Bearer", "application/problem+json"]);
          assert.equal(json.code, "not_authenticated");
        }
      }
    });

    test("ignores the credentials of another protection space", async () => {
      for (const Authorization of ["Basic bWluamk6eA==", "Bearer", "token app-key"]) {
        const { status, json } = await visit({ Authorization, Cookie: minji.cookie });
        assert.deepEqual([status, json.caller["X-Auth-User-Id"]], [200, minji.user.id], Authorization);
      }
    });

    test("authorizes every spelling of the path", async () => {
      for (const path of ["/app/", "/app/../app/", "//app/", "/app/%2e%2e/app/", "/x/../app/", "/app/;/", "/%61pp/", "/APP/", "/forward-auth/../app/"]) {
        const { json } = await send(proxy.url + path);
        assert.equal(json?.caller, undefined, `the app received ${path}`);
      }
    });

    test("removes the client's own identity headers", async () => {
      const forged = {
        "X-Auth-User-Id": "someone-else", "x-auth-username": "admin", "X-Auth-Email": "admin@example.com",
        "X-Auth-Email-Verified": "true", "X-Auth-Session-Id": "another", "X-Auth-Roles": "admin", "X_Auth_Roles": "admin",
        "X_Auth_User_Id": "someone-else", "x_auth_username": "admin", "X-Auth_Email": "admin@example.com",
        "X-Forwarded-Method": "GET", "X-Original-Method": "GET", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example",
      };
      const { status, json } = await visit({ ...bearer(), ...forged });
      assert.equal(status, 200);
      const values = json.headers.map(([, value]) => value);
      for (const value of ["someone-else", "admin", "admin@example.com", "true", "another", "evil.example"]) {
        assert.ok(!values.includes(value), `${value} was forwarded: ${JSON.stringify(json.headers)}`);
      }
      const names = json.headers.map(([header]) => header.toLowerCase().replaceAll("_", "-"));
      assert.equal(new Set(names).size, names.length, "every header appears once");
      assert.deepEqual(json.roles, []);
      assert.ok(!names.includes("x-forwarded-method") && !names.includes("x-original-method"));
      assert.equal((await visit(forged)).status, 401, "forged headers are no session");
    });

    test("checks a request with the cookie by its original method, host and origin", async () => {
      const cookie = { Cookie: minji.cookie };
      const evil = { ...cookie, Origin: "https://evil.example" };
      const own = { ...cookie, Origin: proxy.url };
      const forged = { "X-Forwarded-Method": "GET", "X-Original-Method": "GET", "X-Forwarded-Host": "evil.example", Forwarded: "host=evil.example" };
      for (const [headers, method, status] of [
        [own, "POST", 200],
        [evil, "GET", 200],
        [evil, "POST", 403],
        [{ ...evil, ...forged }, "POST", 403],
        [{ ...own, ...forged }, "DELETE", 200],
        [{ ...own, "Sec-Fetch-Site": "cross-site" }, "PUT", 403],
        [{ ...cookie, "Sec-Fetch-Site": "same-origin" }, "PATCH", 200],
      ]) {
        const response = await visit(headers, { method });
        assert.equal(response.status, status, `${method} ${JSON.stringify(headers)}`);
        if (status === 403) assert.equal(response.json.code, "origin_not_allowed");
      }
    });

    test("rejects a request that removes required headers through Connection", async () => {
      const names = ["X-Auth-User-Id", "X-Forwarded-Method", "X-Original-Method", "X-Auth-Email-Verified"];
      const { status, json } = await visit({ ...bearer(), Connection: `close, ${names.join(", ")}` });
      assert.ok(status === 403 || json.caller["X-Auth-User-Id"] === minji.user.id, "the app rejects an incomplete set of headers");
      const evil = { Cookie: minji.cookie, Origin: "https://evil.example", Connection: `close, ${names.join(", ")}` };
      assert.equal((await visit(evil, { method: "POST" })).status, 403);
    });

    test("passes the roles of the account", async () => {
      setRoles(service, "editor,billing:read");
      const { json } = await visit({ ...bearer(), "X-Auth-Roles": "admin" });
      assert.deepEqual(json.roles, ["editor", "billing:read"]);
      setRoles(service, "");
    });

    test("authorizes a CORS preflight only with the setting, and only a preflight", async () => {
      const preflight = { Origin: "https://page.example", "Access-Control-Request-Method": "PUT" };
      const ask = async (proxy, headers, method) => (await send(`${proxy.url}/app/page`, { method, headers })).status;
      assert.equal(await ask(proxy, preflight, "OPTIONS"), 401);
      const settings = { DAEMUN_TRUSTED_PROXIES: "127.0.0.1", DAEMUN_FORWARD_AUTH_PREFLIGHT: preflights[name] };
      const permissive = await startService({ ...settings, DAEMUN_UNSAFE_FAST_HASHES: "true", DAEMUN_BCRYPT_COST: "4" });
      const open = await start(permissive, app);
      // The app itself rejects it: it supports no OPTIONS.
      assert.equal(await ask(open, preflight, "OPTIONS"), 501);
      const forged = { "X-Forwarded-Method": "OPTIONS", "X-Original-Method": "OPTIONS" };
      for (const method of ["GET", "POST", "PUT"]) {
        assert.equal(await ask(open, { ...preflight, ...forged }, method), 401, method);
      }
      for (const headers of [{ Origin: preflight.Origin }, { "Access-Control-Request-Method": "PUT" }]) {
        assert.equal(await ask(open, headers, "OPTIONS"), 401);
      }
      await stopAll(open, permissive);
    });

    test("applies a logout to the next request", async (context) => {
      const gone = await signUp(proxy.url, `gone-${crypto.randomUUID().slice(0, 8)}`);
      const headers = { Authorization: `Bearer ${gone.token}` };
      assert.equal((await visit(headers)).status, 200);
      assert.equal((await send(`${proxy.url}/logout`, { method: "POST", headers })).status, 204);
      const start = performance.now();
      assert.equal((await visit(headers)).status, 401);
      context.diagnostic(`rejected at the next request, ${(performance.now() - start).toFixed(1)} ms after the logout`);
    });
  });

  test(`${name} returns 503 while the service is unreachable`, async () => {
    const service = await startService({ DAEMUN_UNSAFE_FAST_HASHES: "true", DAEMUN_BCRYPT_COST: "4" });
    const app = await startProgram("python3", [fileURLToPath(new URL("integrations/app/app.py", examples))], { APP_PORT: "0" });
    const proxy = await start(service, app, (line) => /refused|unexpected status|no live upstreams/.test(line));
    const { token } = await signUp(proxy.url, "minji");
    await service.stop();
    for (const path of ["/app/", "/me"]) {
      const { status, headers, json } = await send(proxy.url + path, { headers: { Authorization: `Bearer ${token}` } });
      assert.deepEqual([status, headers["content-type"], json.code], [503, "application/problem+json", "not_ready"]);
    }
    await stopAll(proxy, app);
  });
}
