// Replicas behind nginx with the configuration of compose.postgres.yaml: which requests are retried, and which are not.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { send, signUp } from "../support/send.js";
import { startSchema, withoutServer } from "../support/database.js";
import { examples, startNginx } from "../support/proxies.js";
import { startService, stopAll } from "../support/service.js";

const addresses = ["172.30.88.11:8080", "172.30.88.12:8080", "172.30.88.13:8080"];

/** Starts nginx in front of three upstreams, with the example page. */
function startBalancer(upstreams, isExpected) {
  const servers = upstreams.map(({ url }, place) => [`server ${addresses[place]} `, `server ${url.replace("http://", "")} `]);
  const root = fileURLToPath(new URL("frontend", examples));
  return startNginx("integrations/nginx/replicas.conf", [
    ...servers,
    ["root /usr/share/nginx/html;", `root ${root};`],
    ["access_log /dev/stdout combined if=$is_from_outside;", "access_log off;"],
  ], { isExpected });
}

test("nginx and compose.postgres.yaml name the same addresses", async () => {
  const stack = await readFile(new URL("../compose.postgres.yaml", examples), "utf8");
  const balancer = await readFile(new URL("integrations/nginx/replicas.conf", examples), "utf8");
  const named = (text, pattern) => [...text.matchAll(pattern)].map(([, address]) => address);
  const own = named(stack, /ipv4_address: (\S+)/g);
  assert.deepEqual(named(balancer, /server (172\S+) /g), addresses);
  assert.deepEqual(own.slice(0, -1).map((address) => `${address}:8080`), addresses);
  assert.deepEqual(named(stack, /DAEMUN_TRUSTED_PROXIES: (\S+)/g), own.slice(-1), "nginx is the trusted proxy");
});

describe("three replicas on one PostgreSQL", { skip: withoutServer }, () => {
  let schema, replicas, balancer;
  before(async () => {
    schema = await startSchema();
    const settings = {
      DATABASE_URL: schema.url, DAEMUN_DATABASE_POOL: "4", DAEMUN_TRUSTED_PROXIES: "127.0.0.1",
      DAEMUN_UNSAFE_FAST_HASHES: "true", DAEMUN_BCRYPT_COST: "4", DAEMUN_RATE_LIMITS: "off", DAEMUN_CAPTCHA: "off",
    };
    // All at once on an empty database, as compose starts them.
    replicas = await Promise.all([1, 2, 3].map(() => startService(settings)));
    balancer = await startBalancer(replicas, (line) => /refused|reset by peer|prematurely closed|temporarily disabled|too large body/.test(line));
  });
  after(async () => {
    await stopAll(balancer, ...replicas);
    await schema?.stop();
  });

  test("the page and all replicas share one origin and one state", async () => {
    const page = await send(`${balancer.url}/`);
    assert.deepEqual([page.status, page.headers["content-type"]], [200, "text/html; charset=utf-8"]);
    const minji = await signUp(balancer.url, "minji");
    for (const { url } of [balancer, ...replicas]) {
      const { status, json } = await send(`${url}/me`, { headers: { Cookie: minji.cookie } });
      assert.deepEqual([status, json.id], [200, minji.user.id]);
    }
    const large = await send(`${balancer.url}/signup`, { method: "POST", headers: { "Content-Type": "application/json" }, body: " ".repeat(70_000) });
    assert.deepEqual([large.status, large.json.code], [413, "payload_too_large"]);
    assert.equal((await send(`${replicas[2].url}/logout`, { method: "POST", headers: { Authorization: `Bearer ${minji.token}` } })).status, 204);
    assert.equal((await send(`${balancer.url}/me`, { headers: { Cookie: minji.cookie } })).status, 401, "every replica sees the logout at once");
  });

  test("the client IP is the one that nginx reports", async () => {
    const sora = await signUp(balancer.url, "sora");
    const body = JSON.stringify({ identifier: "sora", password: "Correct-Horse-7-battery" });
    const from = { "Content-Type": "application/json", "X-Forwarded-For": "203.0.113.9" };
    assert.equal((await send(`${balancer.url}/login`, { method: "POST", headers: from, body })).status, 200);
    const { json } = await send(`${balancer.url}/sessions`, { headers: { Authorization: `Bearer ${sora.token}` } });
    assert.ok(json.sessions.some(({ ip }) => ip === "203.0.113.9"), JSON.stringify(json));
  });

  test("no request fails when one replica stops", async () => {
    const jiwoo = await signUp(balancer.url, "jiwoo");
    await replicas.pop().stop();
    const responses = Array.from({ length: 60 }, async (_, number) =>
      number % 3 === 0
        ? (await signUp(balancer.url, `later${number}`)) && 200
        : (await send(`${balancer.url}/me`, { headers: { Cookie: jiwoo.cookie } })).status);
    assert.deepEqual([...new Set(await Promise.all(responses))], [200]);
  });
});

describe("nginx retries", () => {
  let upstreams, balancer;
  const received = () => upstreams.flatMap(({ seen }) => seen.splice(0));
  before(async () => {
    upstreams = await Promise.all([1, 2, 3].map(startUpstream));
    balancer = await startBalancer(upstreams, (line) => /prematurely closed|reset by peer|temporarily disabled/.test(line));
  });
  after(() => stopAll(balancer, ...upstreams));

  test("a safe request that got 503, at the next replica", async () => {
    for (const method of ["GET", "HEAD", "OPTIONS"]) {
      for (const [place, upstream] of upstreams.entries()) upstream.outcome = place === 0 ? 503 : 200;
      for (let round = 0; round < 6; round++) assert.equal((await send(`${balancer.url}/me`, { method })).status, 200);
    }
    assert.ok(received().length > 18, "one replica received requests and rejected them");
  });

  test("no other request that got 503: it arrives once, and its response is passed on", async () => {
    for (const upstream of upstreams) upstream.outcome = 503;
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const { status, json, headers } = await send(`${balancer.url}/me`, { method, headers: { "Content-Length": "4" }, body: "once" });
      assert.deepEqual([status, json.code, headers["retry-after"]], [503, "from_upstream", "7"], method);
      assert.deepEqual(received(), [`${method} /me once`]);
    }
  });

  test("no POST or PATCH after a cut connection", async () => {
    for (const upstream of upstreams) upstream.outcome = "cut";
    for (const method of ["POST", "PATCH"]) {
      const { status, json } = await send(`${balancer.url}/me`, { method, body: "once" });
      assert.deepEqual([status, json.code], [503, "not_ready"]);
      assert.deepEqual(received(), [`${method} /me once`]);
    }
  });
});

/** Starts a server that responds as `outcome` says and records its requests. */
async function startUpstream() {
  const upstream = { seen: [], outcome: 200 };
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join("");
    upstream.seen.push(`${request.method} ${request.url} ${body}`);
    if (upstream.outcome === "cut") return request.socket.destroy();
    response.writeHead(upstream.outcome, { "Content-Type": "application/problem+json", "Retry-After": "7" });
    response.end(request.method === "HEAD" ? "" : '{"code":"from_upstream"}');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  upstream.url = `http://127.0.0.1:${server.address().port}`;
  upstream.stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return upstream;
}
