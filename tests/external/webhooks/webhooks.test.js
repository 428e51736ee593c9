// The receivers of docs/webhooks.md, as they stand: what the service sends is accepted, and what an attacker sends is not.

import assert from "node:assert/strict";
import { copyFile, readFile } from "node:fs/promises";
import { once } from "node:events";
import { createServer, request as open } from "node:http";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { Webhook } from "standardwebhooks";

import { startProgram } from "../support/program.js";
import { examples } from "../support/proxies.js";
import { send, signUp } from "../support/send.js";
import { startService, stopAll } from "../support/service.js";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const newSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const cheap = { DAEMUN_UNSAFE_FAST_HASHES: "true", DAEMUN_BCRYPT_COST: "4" };
const file = (name) => fileURLToPath(new URL(`webhooks/${name}`, examples));

// Next to the packages that it imports.
const script = fileURLToPath(new URL("../node_modules/.receiver.mjs", import.meta.url));
await copyFile(file("receiver.mjs"), script);
const languages = {
  Node: ["node", [script]],
  Python: ["python3", [file("receiver.py")]],
};

test("the page shows the examples as they are", async () => {
  const page = await readFile(new URL("../docs/webhooks.md", examples), "utf8");
  for (const name of ["receiver.mjs", "receiver.py"]) {
    const [, ...code] = (await readFile(file(name), "utf8")).split("\n\n");
    assert.ok(page.includes(`\n${code.join("\n\n")}\`\`\``), name);
  }
});

/** Collects the requests of a service in place of a receiver. */
async function startCollector() {
  const requests = [];
  const server = createServer(async (request, response) => {
    requests.push({ headers: request.headers, body: (await request.toArray()).join("") });
    response.writeHead(204).end();
    server.emit("collected");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  async function next() {
    if (requests.length === 0) await once(server, "collected");
    return requests.shift();
  }
  return { url: `http://127.0.0.1:${server.address().port}`, next, stop: async () => server.close() };
}

test("the library accepts a webhook under either of two secrets", async () => {
  const collector = await startCollector();
  const settings = { ...cheap, DAEMUN_WEBHOOK_URL: collector.url, DAEMUN_WEBHOOK_SECRET: `${newSecret},${secret}` };
  const service = await startService(settings);
  try {
    const { user } = await signUp(service.url, "minji");
    const { headers, body } = await collector.next();
    for (const each of [secret, newSecret]) {
      const event = new Webhook(each).verify(body, headers);
      assert.deepEqual([event.type, event.data.user_id, event.data.id], ["user.signed_up", user.id, headers["webhook-id"]]);
    }
    const other = new Webhook(`whsec_${Buffer.alloc(24).toString("base64")}`);
    assert.throws(() => other.verify(body, headers), /No matching signature/);
    assert.throws(() => new Webhook(secret).verify(body.replace("minji", "sora") + " ", headers), /No matching signature/);
  } finally {
    await stopAll(service, collector);
  }
});

for (const [language, [command, words]] of Object.entries(languages)) {
  describe(`the receiver in ${language}`, () => {
    const started = [];
    after(() => stopAll(...started));

    async function start() {
      const receiver = await startProgram(command, words, { PORT: "0", DAEMUN_WEBHOOK_SECRET: secret });
      started.push(receiver);
      return receiver;
    }

    test("accepts the service's test event and what it sends", async () => {
      const receiver = await start();
      const settings = { ...cheap, DAEMUN_WEBHOOK_URL: receiver.url, DAEMUN_WEBHOOK_SECRET: secret };
      const service = await startService(settings);
      try {
        assert.match(await service.run("webhook", "test"), /^sent to 127\.0\.0\.1: status 20[04]\n$/);
        await signUp(service.url, "minji");
        let waiting;
        do waiting = (await service.run("webhook", "list")).trim().split("\n").length - 1;
        while (waiting > 0);
        assert.deepEqual(service.log.filter(({ event }) => event === "webhook.delayed"), []);
      } finally {
        await service.stop();
      }
    });

    test("rejects forged, changed and late requests", async () => {
      const { url } = await start();
      const body = JSON.stringify({ type: "user.deleted", data: { id: "1", user_id: "2" } });
      const statusOf = async (signer, at, sent = body) => {
        const headers = {
          "webhook-id": "1", "webhook-timestamp": String(Math.floor(at / 1000)), "webhook-signature": new Webhook(signer).sign("1", new Date(at), body),
          "content-length": Buffer.byteLength(sent),
        };
        return (await send(url, { method: "POST", headers, body: sent })).status;
      };
      const now = Date.now();
      assert.ok([200, 204].includes(await statusOf(secret, now)));
      assert.equal(await statusOf(newSecret, now), 401);
      assert.equal(await statusOf(secret, now, body.replace("2", "3")), 401);
      assert.equal(await statusOf(secret, now - 600_000), 401);
      assert.equal(await statusOf(secret, now + 600_000), 401);
    });

    test("survives aborted requests and refuses bodies that are too large", async () => {
      const { url } = await start();
      const aborted = open(url, { method: "POST", headers: { "content-length": 1000 }, agent: false });
      aborted.on("error", () => {});
      await new Promise((written) => aborted.write("{", written));
      const closed = new Promise((resolve) => aborted.once("close", resolve));
      aborted.destroy();
      await closed;
      const body = "x".repeat(64 * 1024 + 1);
      const refused = await send(url, { method: "POST", headers: { "content-length": body.length }, body });
      assert.equal(refused.status, 413);
      // Without a length, the body comes in chunks.
      const chunked = await send(url, { method: "POST", headers: { "transfer-encoding": "chunked" }, body: "{}" });
      assert.ok([401, 411].includes(chunked.status), `${chunked.status}`);
      const small = await send(url, { method: "POST", headers: { "content-length": 2 }, body: "{}" });
      assert.equal(small.status, 401);
    });
  });
}
