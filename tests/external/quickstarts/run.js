// Installs, starts and drives quickstarts in a temporary copy: node run.js [NAME…]. Without a name, all of them. DAEMUN names the binary.
// With SCREENSHOTS, a folder, keeps pictures of them.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { freePort } from "../support/proxies.js";
import { startService } from "../support/service.js";
import { drive } from "./drive.js";
import { projects } from "./projects.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The time that an app may take until it serves its first page, its build included, in milliseconds. */
const timeout = 300_000;

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(projects);
const unknown = names.filter((name) => !(name in projects));
if (unknown.length > 0) throw new Error(`no quickstart is named ${unknown}; there are ${Object.keys(projects)}`);

const work = await mkdtemp(join(tmpdir(), "daemun-quickstarts-"));
let failed = 0;
try {
  await copyClient();
  for (const name of names) {
    const start = performance.now();
    const failure = await check(name).then(() => undefined, (error) => error);
    if (failure) failed += 1;
    console.log(`${failure ? "FAILED" : "passed"}: ${name}, ${Math.round((performance.now() - start) / 1000)} s`);
    if (failure) console.log(failure);
  }
} finally {
  await rm(work, { recursive: true, force: true });
}
console.log(`${names.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/** Builds a copy of the client beside the projects, which install it from its folder. It is built once for all of them. */
async function copyClient() {
  const [from, to] = [join(root, "clients/typescript"), join(work, "clients/typescript")];
  await cp(from, to, { recursive: true, filter: (path) => !/\/(node_modules|dist|built)$/.test(path) });
  await symlink(join(from, "node_modules"), join(to, "node_modules"));
  await run(to, ["npm", "run", "--silent", "build"]);
  const manifest = JSON.parse(await readFile(join(to, "package.json"), "utf8"));
  delete manifest.scripts.prepare;
  await writeFile(join(to, "package.json"), JSON.stringify(manifest));
}

async function check(name) {
  const { install, settings = () => ({}), places = () => [], start, paths, calls = () => [], api, key, forwards } = projects[name];
  const folder = join(work, "examples/quickstarts", name);
  const generated = /\/(node_modules|dist|target|build|\.next|\.svelte-kit|\.venv)$/;
  await cp(join(root, "examples/quickstarts", name), folder, { recursive: true, filter: (path) => !generated.test(path) });
  for (const command of install) await run(folder, command);

  const port = String(await freePort());
  const origin = `http://localhost:${port}`;
  // `daemun dev` derives its public URL, the issuer of access tokens, from a port that it is given.
  const listen = { DAEMUN_LISTEN: `127.0.0.1:${await freePort()}`, DATABASE_URL: "sqlite://data/dev.db" };
  // Every signup and login needs a proof of work, as in production after a flood.
  const strict = { DAEMUN_CAPTCHA: "always", DAEMUN_UNSAFE_FAST_HASHES: "true", DAEMUN_BCRYPT_COST: "4" };
  const service = await startService({ ...strict, ...listen, DAEMUN_LOG_FORMAT: "json", ...settings({ origin }) }, "daemun dev");
  try {
    const daemun = new URL(service.url).origin;
    const publicUrl = daemun.replace("127.0.0.1", "localhost");
    const place = { port, origin, daemun, publicUrl, key: key && (await service.run("key", "create", key)).trim() };
    for (const [file, there, here] of places(place)) await replace(join(folder, file), there, here);
    await serve(folder, start(place), origin, async () => {
      await drive(origin, { name, paths, others: calls(place), screenshots: process.env.SCREENSHOTS });
      if (api) await rejectsInvalidTokens(origin + api);
      if (forwards) await forwardsAddresses(port, service, forwards);
    });
  } finally {
    await service.stop();
  }
}

/** The API needs a valid access token. The browser has used one. */
async function rejectsInvalidTokens(url) {
  const payload = { sub: "01a2", sid: "01a2", exp: 4_000_000_000 };
  const forged = [{ alg: "none", typ: "at+jwt" }, payload, ""].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  for (const headers of [{}, { Authorization: "Bearer x" }, { Authorization: `Bearer ${forged}` }]) {
    const { status } = await fetch(url, { headers });
    if (status !== 401) throw new Error(`${url} responded with ${status} to ${JSON.stringify(headers)}`);
  }
}

/** daemun sees the address of the browser, and not that of the app's server. `added` are headers of a reverse proxy. */
async function forwardsAddresses(port, service, added) {
  const headers = { "Content-Type": "application/json", Host: `localhost:${port}`, ...added };
  const sent = request({ host: "127.0.0.1", localAddress: "127.0.0.9", port, path: "/auth/login", method: "POST", headers });
  sent.end(JSON.stringify({ identifier: "minji", password: "wrong" }));
  const [response] = await once(sent, "response");
  response.resume();
  if (response.statusCode !== 403) throw new Error(`a login without a proof of work got ${response.statusCode}`);
  const isSeen = () => service.log.some((line) => line.event === "captcha.required" && JSON.stringify(line).includes("127.0.0.9"));
  for (const end = Date.now() + 5_000; !isSeen(); await pause(20)) {
    if (Date.now() > end) throw new Error("daemun does not see the address of the browser");
  }
}

async function replace(file, there, here) {
  const text = await readFile(file, "utf8");
  if (text.split(there).length !== 2) throw new Error(`${file} does not have \`${there}\` once`);
  await writeFile(file, text.replace(there, () => here));
}

/** Runs a command to its end. Its output is shown if it fails. */
async function run(cwd, [program, ...words], env = {}) {
  const child = spawn(program, words, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const output = collected(child);
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${program} ${words.join(" ")} exited with ${code}:\n${output()}`);
}

/** Starts the app in a process group of its own, calls `use` once it responds, and stops it. */
async function serve(cwd, { command: [program, ...words], env = {} }, origin, use) {
  const child = spawn(program, words, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const output = collected(child);
  const ended = once(child, "close");
  try {
    await Promise.race([responding(origin), ended.then(([code]) => Promise.reject(new Error(`${program} exited with ${code}`)))]);
    await use();
  } catch (error) {
    throw new Error(`the app logged:\n${output()}`, { cause: error });
  } finally {
    if (child.exitCode === null) process.kill(-child.pid, "SIGTERM");
    await ended;
  }
}

function collected(child) {
  const pieces = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => pieces.push(piece));
  return () => Buffer.concat(pieces).toString();
}

async function responding(origin) {
  for (const end = Date.now() + timeout; Date.now() < end; await pause(100)) {
    if (await fetch(origin).then(() => true, () => false)) return;
  }
  throw new Error(`${origin} did not respond within ${timeout} ms`);
}
