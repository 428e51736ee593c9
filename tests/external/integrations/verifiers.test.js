// The verifiers of docs/verifiers.md, against the service and against a test issuer: which tokens each accepts, and how it rejects others.

import assert from "node:assert/strict";
import { createHmac, createPublicKey, generateKeyPairSync, sign as signBytes } from "node:crypto";
import { after, test } from "node:test";

import { decodeProtectedHeader } from "jose";

import { startIssuer } from "../support/issuer.js";
import { send, signUp } from "../support/send.js";
import { startService, stopAll } from "../support/service.js";
import { startVerifiers } from "../support/verifiers.js";

const audience = "https://api.example.com";
const settings = {
  DAEMUN_UNSAFE_FAST_HASHES: "true", DAEMUN_BCRYPT_COST: "4", DAEMUN_TOKEN_AUDIENCE: audience, DAEMUN_BASE_PATH: "/auth",
};
const started = [];
after(() => stopAll(...started));

/** Starts a service with a path in its public URL, which discovery must find. */
async function startIssuingService() {
  const service = await startService(settings, "daemun dev");
  started.push(service);
  const { json } = await send(`${service.url}/.well-known/openid-configuration`);
  return { ...service, issuer: json.issuer };
}

async function startAll(issuer) {
  const verifiers = await startVerifiers({ issuer, audience });
  started.unshift(...Object.values(verifiers).filter(({ stop }) => stop));
  return verifiers;
}

async function accessToken(service, username) {
  const account = await signUp(service.url, username);
  const { json } = await send(`${service.url}/token`, { method: "POST", headers: { Authorization: `Bearer ${account.token}` } });
  return { token: json.access_token, account };
}

/** Resolves with `200`, or with the error by which the verifier rejects the token. */
async function responseOf({ verify }, token) {
  return verify(token).then(() => "200", (error) => `${error.code ?? error.name}`);
}

/** Sends every token to every verifier, prints a line for each verifier, and asserts that no token is accepted. */
async function assertRejected(context, verifiers, tokens) {
  for (const [name, verifier] of Object.entries(verifiers)) {
    const responses = {};
    for (const [forgery, token] of Object.entries(tokens)) responses[forgery] = await responseOf(verifier, token);
    context.diagnostic(`${name}: ${Object.entries(responses).map(([forgery, response]) => `${forgery} → ${response}`).join(" · ")}`);
    for (const [forgery, response] of Object.entries(responses)) assert.notEqual(response, "200", `${name}: ${forgery}`);
  }
}

test("each verifier accepts a token of the service and rejects forged ones", async (context) => {
  const service = await startIssuingService();
  const verifiers = await startAll(service.issuer);
  const { token, account } = await accessToken(service, "minji");
  const { json } = await send(`${service.url}/.well-known/jwks.json`);
  const foreign = (await accessToken(await startIssuingService(), "minji")).token;

  for (const [name, { verify }] of Object.entries(verifiers)) {
    assert.equal((await verify(token)).sub, account.user.id, name);
  }
  context.diagnostic(`accepted by ${Object.keys(verifiers).join(", ")}`);
  await assertRejected(context, verifiers, { ...forgeries(token, json.keys[0]), "another issuer's": foreign });
  for (const [name, verifier] of Object.entries(verifiers)) assert.equal(await responseOf(verifier, token), "200", name);
});

function forgeries(token, jwk) {
  const [head, body, signature] = token.split(".");
  const encoded = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const header = decodeProtectedHeader(token);
  const claims = JSON.parse(Buffer.from(body, "base64url"));
  const bytes = Buffer.from(signature, "base64url");
  const signed = (bytes) => `${head}.${body}.${bytes.toString("base64url")}`;
  const headed = (change, sign) => {
    const message = `${encoded({ ...header, ...change })}.${body}`;
    return `${message}.${sign ? sign(message).toString("base64url") : signature}`;
  };
  const ed25519 = generateKeyPairSync("ed25519").privateKey;
  const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const byEd25519 = (message) => signBytes(null, Buffer.from(message), ed25519);
  const byAnother = (message) => signBytes("sha256", Buffer.from(message), { key: p256, dsaEncoding: "ieee-p1363" });
  const pem = createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" });
  const hmac = (secret) => (message) => createHmac("sha256", secret).update(message).digest();
  const zero = Buffer.alloc(32);
  const [r, s] = [bytes.subarray(0, 32), bytes.subarray(32)];
  return {
    "none": `${encoded({ ...header, alg: "none" })}.${body}.`,
    "HS256 with the PEM": headed({ alg: "HS256" }, hmac(pem)),
    "HS256 with the JWK": headed({ alg: "HS256" }, hmac(JSON.stringify(jwk))),
    "EdDSA": headed({ alg: "EdDSA" }, byEd25519),
    "Ed25519": headed({ alg: "Ed25519" }, byEd25519),
    "another key": headed({}, byAnother),
    "an unknown key": headed({ kid: "unknown" }, byAnother),
    "its own key": headed({ jwk: createPublicKey(p256).export({ format: "jwk" }) }, byAnother),
    "DER": signed(der(r, s)),
    "r and s swapped": signed(Buffer.concat([s, r])),
    "zero": signed(Buffer.concat([zero, zero])),
    "cut": signed(bytes.subarray(0, 63)),
    "no signature": `${head}.${body}.`,
    "another subject": `${head}.${encoded({ ...claims, sub: "someone-else" })}.${signature}`,
    "no token": "x",
  };
}

/** Returns the DER form of a signature, which JWS does not use. */
function der(r, s) {
  const integer = (bytes) => {
    const start = bytes.findIndex((byte) => byte !== 0);
    const digits = bytes.subarray(start);
    const value = digits[0] >= 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits;
    return Buffer.concat([Buffer.from([2, value.length]), value]);
  };
  const both = Buffer.concat([integer(r), integer(s)]);
  return Buffer.concat([Buffer.from([0x30, both.length]), both]);
}

test("each verifier rejects correctly signed tokens with wrong claims", async (context) => {
  const issuer = await startIssuer({ audience });
  started.push(issuer);
  const verifiers = await startAll(issuer.issuer);
  const good = { token: await issuer.sign(), sub: "user" };
  for (const [name, { verify }] of Object.entries(verifiers)) {
    const { sub } = await verify(good.token);
    assert.equal(sub, good.sub, name);
  }
  const now = Math.floor(Date.now() / 1000);
  await assertRejected(context, verifiers, {
    "expired": await issuer.sign({ iat: now - 700, exp: now - 400 }),
    "another issuer": await issuer.sign({ iss: "https://evil.example" }),
    "another audience": await issuer.sign({ aud: "https://other.example.com" }),
    "another type": await issuer.sign({}, { typ: "JWT" }),
  });
});
