// The three examples that verify tokens by themselves or by introspection, against the service and against an issuer of anything.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { generateKeyPair } from "jose";

import { ask, signUp } from "../support/ask.js";
import { startIssuer } from "../support/issuer.js";
import { startProgram } from "../support/program.js";
import { examples } from "../support/proxies.js";
import { startService, stopAll } from "../support/service.js";

const issuer = "https://app.example.com";
const audience = "https://api.example.com";
const file = (path) => fileURLToPath(new URL(path, examples));
// Beside the packages that it needs.
const script = fileURLToPath(new URL("../node_modules/.verify.mjs", import.meta.url));
await copyFile(file("integrations/verify/node/verify.mjs"), script);
const languages = {
  Node: ["node", [script]],
  Python: ["python3", [file("integrations/verify/python/verify.py")]],
  Rust: [process.env.VERIFY ?? file("../target/debug/examples/verify"), []],
};
const cheap = { DAEMUN_UNSAFE_FAST_HASHES: "true", DAEMUN_BCRYPT_COST: "4" };

for (const [language, [command, words]] of Object.entries(languages)) {
  const start = (url, key = "") =>
    startProgram(command, words, { PORT: "0", DAEMUN: url, ISSUER: issuer, AUDIENCE: audience, SERVICE_KEY: key });
  const statusOf = async (verifier, way, token) =>
    (await ask(`${verifier.url}/${way}`, { headers: token === undefined ? {} : { Authorization: `Bearer ${token}` } })).status;

  describe(`${language} beside the service`, () => {
    let service, verifier, minji, accessToken;
    before(async () => {
      service = await startService({ ...cheap, DAEMUN_PUBLIC_URL: issuer, DAEMUN_TOKEN_AUDIENCE: audience });
      verifier = await start(service.url, await serviceKey(service));
      minji = await signUp(service.url, "minji");
      accessToken = await exchanged(service, minji);
    });
    after(() => stopAll(verifier, service));

    test("knows who calls, by both ways", async () => {
      for (const [way, token] of [["jwks", accessToken], ["introspection", accessToken], ["introspection", minji.token]]) {
        const { status, text } = await ask(`${verifier.url}/${way}`, { headers: { Authorization: `Bearer ${token}` } });
        assert.equal(status, 200, way);
        const { sub, sid } = JSON.parse(text);
        assert.deepEqual({ sub, sid }, { sub: minji.user.id, sid: minji.session.id });
      }
    });

    test("refuses whoever shows nothing, or what is not one of its tokens", async () => {
      const [head, body, signature] = accessToken.split(".");
      const other = await startService({ ...cheap, DAEMUN_PUBLIC_URL: issuer, DAEMUN_TOKEN_AUDIENCE: audience });
      const foreign = await exchanged(other, await signUp(other.url, "minji"));
      await other.stop();
      const encoded = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
      const claims = JSON.parse(Buffer.from(body, "base64url"));
      for (const token of [undefined, "", "x", "a.b.c", foreign, `${head}.${body}.`, `${head}.${body}.${"A".repeat(86)}`,
        `${head}.${encoded({ ...claims, sub: "someone-else" })}.${signature}`, `dms_${"A".repeat(43)}`]) {
        for (const way of ["jwks", "introspection"]) assert.equal(await statusOf(verifier, way, token), 401, `${way}: ${token}`);
      }
      assert.equal(await statusOf(verifier, "jwks", minji.token), 401, "a session token is no access token");
    });

    test("learns of a log-out: at once by introspection, at the token's end by the JWKS", async (context) => {
      const gone = await signUp(service.url, "gone");
      const token = await exchanged(service, gone);
      await ask(`${service.url}/logout`, { method: "POST", headers: { Authorization: `Bearer ${gone.token}` } });
      const start = performance.now();
      assert.equal(await statusOf(verifier, "introspection", token), 401);
      assert.equal(await statusOf(verifier, "introspection", gone.token), 401);
      context.diagnostic(`introspection: refused by the next request, ${(performance.now() - start).toFixed(1)} ms after the log-out`);
      assert.equal(await statusOf(verifier, "jwks", token), 200, "it asks nobody");
      const { exp } = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
      const left = exp - Date.now() / 1000;
      assert.ok(left > 0 && left <= 300, `${left} s`);
      context.diagnostic(`JWKS: refused in ${left.toFixed(0)} s, when the token ends`);
    });
  });

  describe(`${language} beside an issuer of anything`, () => {
    let anybody, verifier;
    before(async () => {
      anybody = await startIssuer({ issuer, audience });
      verifier = await start(anybody.url);
    });
    after(() => stopAll(verifier, anybody));

    test("refuses well-signed tokens that are not meant for it", async () => {
      const now = Math.floor(Date.now() / 1000);
      const hmac = new TextEncoder().encode(anybody.jwk.x.padEnd(64, "="));
      const { privateKey: another } = await generateKeyPair("EdDSA");
      const { privateKey: elliptic } = await generateKeyPair("ES256");
      assert.equal(await statusOf(verifier, "jwks", await anybody.sign()), 200);
      for (const [what, token] of Object.entries({
        "expired": await anybody.sign({ iat: now - 400, exp: now - 100 }),
        "without an end": await anybody.sign({ exp: undefined }),
        "another issuer's": await anybody.sign({ iss: "https://evil.example" }),
        "without an issuer": await anybody.sign({ iss: undefined }),
        "for somebody else": await anybody.sign({ aud: "https://other.example.com" }),
        "without an audience": await anybody.sign({ aud: undefined }),
        "without a subject": await anybody.sign({ sub: undefined }),
        "another type": await anybody.sign({}, { typ: "JWT" }),
        "no type": await anybody.sign({}, { typ: undefined }),
        "another key": await anybody.sign({}, {}, another),
        "an unknown key": await anybody.sign({}, { kid: "unknown" }),
        "the public key as a secret": await anybody.sign({}, { alg: "HS256" }, hmac),
        "another algorithm": await anybody.sign({}, { alg: "ES256" }, elliptic),
        "no algorithm": `${Buffer.from('{"alg":"none","typ":"at+jwt","kid":"its-own"}').toString("base64url")}.${(await anybody.sign()).split(".")[1]}.`,
      })) {
        assert.equal(await statusOf(verifier, "jwks", token), 401, what);
      }
    });
  });

  test(`${language} says 503, and never yes, where nobody can tell`, async () => {
    const anybody = await startIssuer({ issuer, audience });
    const token = await anybody.sign();
    const verifier = await start(anybody.url);
    await anybody.stop();
    for (const way of ["jwks", "introspection"]) assert.equal(await statusOf(verifier, way, token), 503, way);
    await verifier.stop();
  });
}

async function serviceKey(service) {
  const { stdout } = await promisify(execFile)(process.env.DAEMUN, ["key", "create", "verify"], {
    cwd: service.folder, env: { PATH: process.env.PATH, ...cheap },
  });
  return stdout.trim();
}

async function exchanged(service, { token }) {
  const { json } = await ask(`${service.url}/token`, { method: "POST", headers: { Authorization: `Bearer ${token}` } });
  return json.access_token;
}
