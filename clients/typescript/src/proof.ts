// Solves proofs of work (ALTCHA, version 2), with the Web Crypto API where the page has it.

import type { components } from "./schema.js";
import { pbkdf2 } from "./sha256.js";

export type Parameters = components["schemas"]["CaptchaParameters"];

export interface Solution {
  counter: number;
  derivedKey: string;
}

/** Milliseconds after which the search lets other tasks of its thread run. */
const SLICE_MS = 12;

/**
 * Returns the number whose derived key starts with the challenge's prefix. It checks `signal` between
 * two tries.
 */
export async function solve(parameters: Parameters, signal?: AbortSignal): Promise<Solution> {
  if (parameters.algorithm !== "PBKDF2/SHA-256") throw new Error(`unknown algorithm of the proof of work: ${parameters.algorithm}`);
  const derive = derivation(parameters);
  const password = Uint8Array.of(...bytesOf(parameters.nonce), 0, 0, 0, 0);
  const counterField = new DataView(password.buffer, password.length - 4);
  let sliceEnd = performance.now() + SLICE_MS;
  for (let counter = 0; ; counter += 1) {
    counterField.setUint32(0, counter);
    const derivedKey = hexOf(await derive(password));
    if (derivedKey.startsWith(parameters.keyPrefix)) return { counter, derivedKey };
    signal?.throwIfAborted();
    if (performance.now() < sliceEnd) continue;
    await new Promise((resume) => setTimeout(resume));
    sliceEnd = performance.now() + SLICE_MS;
  }
}

/** Returns the derivation of a key from a password. Only secure contexts have `crypto.subtle`. */
function derivation({ salt: hex, cost, keyLength }: Parameters): (password: Uint8Array<ArrayBuffer>) => Promise<Uint8Array> | Uint8Array {
  const salt = bytesOf(hex);
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) return (password) => pbkdf2(password, salt, cost, keyLength);
  const algorithm = { name: "PBKDF2", hash: "SHA-256", salt, iterations: cost };
  return async (password) => {
    const key = await subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    return new Uint8Array(await subtle.deriveBits(algorithm, key, keyLength * 8));
  };
}

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16));
}

/** Returns bytes in hexadecimal. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
