// PBKDF2-HMAC-SHA-256 without the Web Crypto API, which plain-http pages lack. It derives proofs of work, which are public: it is not
// written for secrets.

const BLOCK_BYTES = 64;
const STATE_WORDS = 8;

/** The first 32 bits of the fractional parts of a root of the first primes (FIPS 180-4 sections 4.2.2 and 5.3.3). */
function fractions(count: number, root: (prime: number) => number): Uint32Array {
  const words: number[] = [];
  for (let candidate = 2; words.length < count; candidate += 1) {
    let isPrime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor += 1) isPrime &&= candidate % divisor !== 0;
    if (isPrime) words.push((root(candidate) % 1) * 2 ** 32);
  }
  return Uint32Array.from(words, Math.floor);
}

const INITIAL = fractions(STATE_WORDS, Math.sqrt);
const ROUNDS = fractions(64, Math.cbrt);
const schedule = new Uint32Array(64);

const rotate = (word: number, bits: number) => (word >>> bits) | (word << (32 - bits));

/** Returns the state after one block of sixteen words (FIPS 180-4 section 6.2.2). */
function compress(state: Uint32Array, block: Uint32Array): Uint32Array {
  const w = schedule;
  w.set(block);
  for (let t = 16; t < 64; t += 1) {
    const [x, y] = [w[t - 15]!, w[t - 2]!];
    const low = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const high = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    w[t] = high + w[t - 7]! + low + w[t - 16]!;
  }
  let a = state[0]!, b = state[1]!, c = state[2]!, d = state[3]!;
  let e = state[4]!, f = state[5]!, g = state[6]!, h = state[7]!;
  for (let t = 0; t < 64; t += 1) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const first = (h + sum1 + ((e & f) ^ (~e & g)) + ROUNDS[t]! + w[t]!) | 0;
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const second = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g, g = f, f = e, e = (d + first) | 0, d = c, c = b, b = a, a = (first + second) | 0;
  }
  const added = Uint32Array.of(a, b, c, d, e, f, g, h);
  for (let word = 0; word < STATE_WORDS; word += 1) added[word]! += state[word]!;
  return added;
}

/** Returns the state after all bytes, padded. `before` bytes were already compressed into `state`. */
function digest(bytes: Uint8Array, state = INITIAL, before = 0): Uint32Array {
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / BLOCK_BYTES) * BLOCK_BYTES);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  new DataView(padded.buffer).setBigUint64(padded.length - 8, BigInt(before + bytes.length) * 8n);
  for (let at = 0; at < padded.length; at += BLOCK_BYTES) state = compress(state, words(padded.subarray(at, at + BLOCK_BYTES)));
  return state;
}

function words(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, at) => view.getUint32(at * 4));
}

function bytesOf(state: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(state.length * 4);
  const view = new DataView(bytes.buffer);
  state.forEach((word, at) => view.setUint32(at * 4, word));
  return bytes;
}

/** Derives `length` bytes, at most 32: the first block of RFC 8018 section 5.2. */
export function pbkdf2(password: Uint8Array, salt: Uint8Array, iterations: number, length: number): Uint8Array {
  if (length > STATE_WORDS * 4) throw new RangeError("the derived key has more than one block");
  const key = new Uint8Array(BLOCK_BYTES);
  key.set(password.length > BLOCK_BYTES ? bytesOf(digest(password)) : password);
  const inner = compress(INITIAL, words(key.map((byte) => byte ^ 0x36)));
  const outer = compress(INITIAL, words(key.map((byte) => byte ^ 0x5c)));

  // The messages of all other iterations are one state each: only its words change in the padded block.
  const block = new Uint32Array(16);
  block[STATE_WORDS] = 0x80000000;
  block[15] = (BLOCK_BYTES + STATE_WORDS * 4) * 8;
  const outerOf = (state: Uint32Array) => (block.set(state), compress(outer, block));
  const mac = (state: Uint32Array) => (block.set(state), outerOf(compress(inner, block)));

  let state = outerOf(digest(Uint8Array.of(...salt, 0, 0, 0, 1), inner, BLOCK_BYTES));
  const derived = state.slice();
  for (let iteration = 1; iteration < iterations; iteration += 1) {
    state = mac(state);
    for (let word = 0; word < STATE_WORDS; word += 1) derived[word]! ^= state[word]!;
  }
  return bytesOf(derived).subarray(0, length);
}
