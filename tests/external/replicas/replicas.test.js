// Replicas behind nginx with the configuration of compose.postgres.yaml: who answers, who is asked again, and who is not.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { ask, signUp } from "../support/ask.js";
import { startSchema, withoutServer } from "../support/database.js";
import { examples, startNginx } from "../support/proxies.js";
import { startService, stopAll } from "../support/service.js";

const addresses = ["172.30.88.11:8080", "172.30.88.12:8080", "172.30.88.13:8080"];

/** nginx before three upstreams, with the example page. */
function startBalancer(upstreams, isExpected) {
  const servers = upstreams.map(({ url }, place) => [`server ${addresses[place]} `, `server ${url.replace("http://", "")} `]);
  const root = fileURLToPath(new URL("frontend", examples));
  return startNginx("integrations/nginx/replicas.conf", [
    ...servers,
    ["root /usr/share/nginx/html;", `root ${root};`],
    ["access_log /dev/stdout combined if=$is_from_outside;", "access_log off;"],
  ], { isExpected });
}

test("nginx and the stack's file name the same addresses", async () => {
  const stack = await readFile(new URL("../compose.postgres.yaml", examples), "utf8");
  const balancer = await readFile(new URL("integrations/nginx/replicas.conf", examples), "utf8");
  const named = (text, pattern) => [...text.matchAll(pattern)].map(([, address]) => address);
  const own = named(stack, /ipv4_address: (\S+)/g);
  assert.deepEqual(named(balancer, /server (172\S+) /g), addresses);
  assert.deepEqual(own.slice(0, -1).map((address) => `${address}:8080`), addresses);
  assert.deepEqual(named(stack, /DAEMUN_TRUSTED_PROXIES: (\S+)/g), own.slice(-1), "nginx's is the one that is trusted");
});

describe("three replicas on one PostgreSQL", { skip: withoutServer }, () => {
  let schema, replicas, balancer;
  before(async () => {
    schema = await startSchema();
    const settings = {
      DATABASE_URL: schema.url, DAEMUN_DATABASE_POOL: "4", DAEMUN_TRUSTED_PROXIES: "127.0.0.1",
      DAEMUN_UNSAFE_FAST_HASHES: "true", DAEMUN_BCRYPT_COST: "4", DAEMUN_RATE_LIMITS: "off", DAEMUN_CAPTCHA: "off",
    };
    // All at once on an empty database, as the stack starts them.
    replicas = await Promise.all([1, 2, 3].map(() => startService(settings)));
    balancer = await startBalancer(replicas, (line) => /refused|reset by peer|prematurely closed|temporarily disabled|too large body/.test(line));
  });
  after(async () => {
    await stopAll(balancer, ...replicas);
    await schema?.stop();
  });

  test("the page, the service and every replica are one", async () => {
    const page = await ask(`${balancer.url}/`);
    assert.deepEqual([page.status, page.headers["content-type"]], [200, "text/html; charset=utf-8"]);
    const minji = await signUp(balancer.url, "minji");
    for (const { url } of [balancer, ...replicas]) {
      const { status, json } = await ask(`${url}/me`, { headers: { Cookie: minji.cookie } });
      assert.deepEqual([status, json.id], [200, minji.user.id]);
    }
    const large = await ask(`${balancer.url}/signup`, { method: "POST", headers: { "Content-Type": "application/json" }, body: " ".repeat(70_000) });
    assert.deepEqual([large.status, large.json.code], [413, "payload_too_large"]);
    assert.equal((await ask(`${replicas[2].url}/logout`, { method: "POST", headers: { Authorization: `Bearer ${minji.token}` } })).status, 204);
    assert.equal((await ask(`${balancer.url}/me`, { headers: { Cookie: minji.cookie } })).status, 401, "at every replica at once");
  });

  test("the client's address is the one in front of nginx", async () => {
    const sora = await signUp(balancer.url, "sora");
    const body = JSON.stringify({ identifier: "sora", password: "Correct-Horse-7-battery" });
    const from = { "Content-Type": "application/json", "X-Forwarded-For": "203.0.113.9" };
    assert.equal((await ask(`${balancer.url}/login`, { method: "POST", headers: from, body })).status, 200);
    const { json } = await ask(`${balancer.url}/sessions`, { headers: { Authorization: `Bearer ${sora.token}` } });
    assert.ok(json.sessions.some(({ ip }) => ip === "203.0.113.9"), JSON.stringify(json));
  });

  test("one of them goes and nobody notices", async () => {
    const jiwoo = await signUp(balancer.url, "jiwoo");
    await replicas.pop().stop();
    const asked = Array.from({ length: 60 }, async (_, number) =>
      number % 3 === 0
        ? (await signUp(balancer.url, `later${number}`)) && 200
        : (await ask(`${balancer.url}/me`, { headers: { Cookie: jiwoo.cookie } })).status);
    assert.deepEqual([...new Set(await Promise.all(asked))], [200]);
  });
});

describe("what nginx asks again", () => {
  let upstreams, balancer;
  const asked = () => upstreams.flatMap(({ seen }) => seen.splice(0));
  before(async () => {
    upstreams = await Promise.all([1, 2, 3].map(startUpstream));
    balancer = await startBalancer(upstreams, (line) => /prematurely closed|reset by peer|temporarily disabled/.test(line));
  });
  after(() => stopAll(balancer, ...upstreams));

  test("a safe request that was answered by 503, until another answers", async () => {
    for (const method of ["GET", "HEAD", "OPTIONS"]) {
      for (const [place, upstream] of upstreams.entries()) upstream.answer = place === 0 ? 503 : 200;
      for (let round = 0; round < 6; round++) assert.equal((await ask(`${balancer.url}/me`, { method })).status, 200);
    }
    assert.ok(asked().length > 18, "one of them was asked and refused");
  });

  test("nothing else: each such request arrives once, and its answer is passed on", async () => {
    for (const upstream of upstreams) upstream.answer = 503;
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const { status, json, headers } = await ask(`${balancer.url}/me`, { method, headers: { "Content-Length": "4" }, body: "once" });
      assert.deepEqual([status, json.code, headers["retry-after"]], [503, "from_upstream", "7"], method);
      assert.deepEqual(asked(), [`${method} /me once`]);
    }
  });

  test("nor a POST or PATCH whose connection was cut", async () => {
    for (const upstream of upstreams) upstream.answer = "cut";
    for (const method of ["POST", "PATCH"]) {
      const { status, json } = await ask(`${balancer.url}/me`, { method, body: "once" });
      assert.deepEqual([status, json.code], [503, "not_ready"]);
      assert.deepEqual(asked(), [`${method} /me once`]);
    }
  });
});

/** Answers as it is told and keeps what it was asked. */
async function startUpstream() {
  const upstream = { seen: [], answer: 200 };
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join("");
    upstream.seen.push(`${request.method} ${request.url} ${body}`);
    if (upstream.answer === "cut") return request.socket.destroy();
    response.writeHead(upstream.answer, { "Content-Type": "application/problem+json", "Retry-After": "7" });
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
