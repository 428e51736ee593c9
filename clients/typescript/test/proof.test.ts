// Tests of the proof of work, against Node's own PBKDF2.

import assert from "node:assert/strict";
import { pbkdf2Sync, randomBytes } from "node:crypto";
import { test } from "node:test";

import { solve, type Parameters } from "../src/proof.js";
import { pbkdf2 } from "../src/sha256.js";

test("derives the same keys as Node, for every length of password and salt around a block's", () => {
  for (let length = 0; length <= 130; length += 1) {
    const [password, salt] = [randomBytes(length), randomBytes((length * 7) % 131)];
    const [iterations, size] = [1 + (length % 4), 1 + (length % 32)];
    const expected = pbkdf2Sync(password, salt, iterations, size, "sha256");
    assert.deepEqual(Buffer.from(pbkdf2(password, salt, iterations, size)), expected, `${length} bytes`);
  }
  // RFC 7914 section 11, the first of its 64 bytes.
  const key = pbkdf2(new TextEncoder().encode("passwd"), new TextEncoder().encode("salt"), 1, 32);
  assert.equal(Buffer.from(key).toString("hex"), "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
});

/** Returns a challenge whose solution is `counter`. */
function challenge(counter: number): Parameters {
  const [nonce, salt] = [randomBytes(16), randomBytes(16)];
  const last = Buffer.alloc(4);
  last.writeUInt32BE(counter);
  const key = pbkdf2Sync(Buffer.concat([nonce, last]), salt, 1_000, 32, "sha256").toString("hex");
  const texts = { algorithm: "PBKDF2/SHA-256", nonce: nonce.toString("hex"), salt: salt.toString("hex"), keySignature: "" };
  return { ...texts, cost: 1_000, keyLength: 32, keyPrefix: key.slice(0, 32), expiresAt: 0 };
}

test("finds the solution with the Web Crypto API, and without it", async (context) => {
  const parameters = challenge(37);
  const withIt = await solve(parameters);
  assert.equal(withIt.counter, 37);
  Object.defineProperty(globalThis.crypto, "subtle", { value: undefined, configurable: true });
  context.after(() => Reflect.deleteProperty(globalThis.crypto, "subtle"));
  assert.deepEqual(await solve(parameters), withIt);
});

test("rejects another algorithm, and stops when the caller does", async () => {
  await assert.rejects(solve({ ...challenge(0), algorithm: "SHA-1" }), /SHA-1/);
  await assert.rejects(solve({ ...challenge(1), keyPrefix: "none" }, AbortSignal.timeout(20)), { name: "TimeoutError" });
});
