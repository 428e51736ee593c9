// The examples that validate tokens offline or by introspection, against the service and against a test issuer.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { generateKeyPair } from "jose";

import { send, signUp } from "../support/send.js";
import { startIssuer } from "../support/issuer.js";
import { startProgram } from "../support/program.js";
import { examples } from "../support/proxies.js";
import { startService, stopAll } from "../support/service.js";

const issuer = "https://app.example.com";
const audience = "https://api.example.com";
const file = (path) => fileURLToPath(new URL(path, examples));
// Next to the packages that it imports.
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
  const statusOf = async (verifier, method, token) =>
    (await send(`${verifier.url}/${method}`, { headers: token === undefined ? {} : { Authorization: `Bearer ${token}` } })).status;

  describe(`${language} with the service`, () => {
    let service, verifier, minji, accessToken;
    before(async () => {
      service = await startService({ ...cheap, DAEMUN_PUBLIC_URL: issuer, DAEMUN_TOKEN_AUDIENCE: audience });
      verifier = await start(service.url, await serviceKey(service));
      minji = await signUp(service.url, "minji");
      accessToken = await accessTokenOf(service, minji);
    });
    after(() => stopAll(verifier, service));

    test("returns the caller by both methods", async () => {
      for (const [method, token] of [["jwks", accessToken], ["introspection", accessToken], ["introspection", minji.token]]) {
        const { status, text } = await send(`${verifier.url}/${method}`, { headers: { Authorization: `Bearer ${token}` } });
        assert.equal(status, 200, method);
        const { sub, sid } = JSON.parse(text);
        assert.deepEqual({ sub, sid }, { sub: minji.user.id, sid: minji.session.id });
      }
    });

    test("rejects missing, malformed and foreign tokens", async () => {
      const [head, body, signature] = accessToken.split(".");
      const other = await startService({ ...cheap, DAEMUN_PUBLIC_URL: issuer, DAEMUN_TOKEN_AUDIENCE: audience });
      const foreign = await accessTokenOf(other, await signUp(other.url, "minji"));
      await other.stop();
      const encoded = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
      const claims = JSON.parse(Buffer.from(body, "base64url"));
      for (const token of [undefined, "", "x", "a.b.c", foreign, `${head}.${body}.`, `${head}.${body}.${"A".repeat(86)}`,
        `${head}.${encoded({ ...claims, sub: "someone-else" })}.${signature}`, `dms_${"A".repeat(43)}`]) {
        for (const method of ["jwks", "introspection"]) assert.equal(await statusOf(verifier, method, token), 401, `${method}: ${token}`);
      }
      assert.equal(await statusOf(verifier, "jwks", minji.token), 401, "a session token is no access token");
    });

    test("sees a logout at once by introspection, and at the token's expiry by the JWKS", async (context) => {
      const gone = await signUp(service.url, "gone");
      const token = await accessTokenOf(service, gone);
      await send(`${service.url}/logout`, { method: "POST", headers: { Authorization: `Bearer ${gone.token}` } });
      const start = performance.now();
      assert.equal(await statusOf(verifier, "introspection", token), 401);
      assert.equal(await statusOf(verifier, "introspection", gone.token), 401);
      context.diagnostic(`introspection: rejected at the next request, ${(performance.now() - start).toFixed(1)} ms after the logout`);
      assert.equal(await statusOf(verifier, "jwks", token), 200, "offline validation does not see the logout");
      const { exp } = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
      const left = exp - Date.now() / 1000;
      assert.ok(left > 0 && left <= 300, `${left} s`);
      context.diagnostic(`JWKS: rejected in ${left.toFixed(0)} s, when the token expires`);
    });
  });

  describe(`${language} with a test issuer`, () => {
    let testIssuer, verifier;
    before(async () => {
      testIssuer = await startIssuer({ issuer, audience });
      verifier = await start(testIssuer.url);
    });
    after(() => stopAll(verifier, testIssuer));

    test("rejects correctly signed tokens with wrong claims, keys or algorithms", async () => {
      const now = Math.floor(Date.now() / 1000);
      const hmac = new TextEncoder().encode(testIssuer.jwk.x.padEnd(64, "="));
      const { privateKey: another } = await generateKeyPair("ES256");
      const { privateKey: edwards } = await generateKeyPair("EdDSA");
      assert.equal(await statusOf(verifier, "jwks", await testIssuer.sign()), 200);
      for (const [what, token] of Object.entries({
        "expired": await testIssuer.sign({ iat: now - 400, exp: now - 100 }),
        "without expiry": await testIssuer.sign({ exp: undefined }),
        "another issuer's": await testIssuer.sign({ iss: "https://evil.example" }),
        "without an issuer": await testIssuer.sign({ iss: undefined }),
        "for another audience": await testIssuer.sign({ aud: "https://other.example.com" }),
        "without an audience": await testIssuer.sign({ aud: undefined }),
        "without a subject": await testIssuer.sign({ sub: undefined }),
        "another type": await testIssuer.sign({}, { typ: "JWT" }),
        "no type": await testIssuer.sign({}, { typ: undefined }),
        "another key": await testIssuer.sign({}, {}, another),
        "an unknown key": await testIssuer.sign({}, { kid: "unknown" }),
        "the public key as a secret": await testIssuer.sign({}, { alg: "HS256" }, hmac),
        "another algorithm": await testIssuer.sign({}, { alg: "EdDSA" }, edwards),
        "no algorithm": `${Buffer.from('{"alg":"none","typ":"at+jwt","kid":"its-own"}').toString("base64url")}.${(await testIssuer.sign()).split(".")[1]}.`,
      })) {
        assert.equal(await statusOf(verifier, "jwks", token), 401, what);
      }
    });
  });

  test(`${language} returns 503 while the issuer is unreachable`, async () => {
    const testIssuer = await startIssuer({ issuer, audience });
    const token = await testIssuer.sign();
    const verifier = await start(testIssuer.url);
    await testIssuer.stop();
    for (const method of ["jwks", "introspection"]) assert.equal(await statusOf(verifier, method, token), 503, method);
    await verifier.stop();
  });
}

async function serviceKey(service) {
  const { stdout } = await promisify(execFile)(process.env.DAEMUN, ["key", "create", "verify"], {
    cwd: service.folder, env: { PATH: process.env.PATH, ...cheap },
  });
  return stdout.trim();
}

async function accessTokenOf(service, { token }) {
  const { json } = await send(`${service.url}/token`, { method: "POST", headers: { Authorization: `Bearer ${token}` } });
  return json.access_token;
}
