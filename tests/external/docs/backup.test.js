// The scripts of docs/operations.md for backups: what they keep, and a rehearsal on a copy.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { startService } from "../support/service.js";

const run = promisify(execFile);
const scripts = fileURLToPath(new URL("../../../examples/backup/", import.meta.url));
const account = { username: "Minji", email: "minji@example.com", password: "Correct-Horse-7-battery" };

let service, backups;
before(async () => {
  service = await startService({ DAEMUN_CAPTCHA: "off" });
  backups = service.folder;
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(`${service.url}/signup`, { method: "POST", headers, body: JSON.stringify(account) });
  assert.equal(response.status, 201);
});
after(() => service?.stop());

/** Runs a script in the folder of the service. */
function script(name, words, settings = {}) {
  const env = { PATH: `${join(service.folder, "bin")}:${process.env.PATH}`, ...settings };
  return run(join(scripts, name), words, { cwd: service.folder, env });
}

async function names() {
  const all = await readdir(backups);
  return all.filter((name) => /^(day|month)-/.test(name)).sort();
}

/** Returns an address on which no service listens. */
async function freeAddress() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}

test("backup.sh keeps 14 days and 12 months, and deletes nothing after a failure", async () => {
  const old = [
    ...Array.from({ length: 20 }, (_, day) => `day-2025-01-${String(day + 1).padStart(2, "0")}.db`),
    ...Array.from({ length: 12 }, (_, month) => `month-2024-${String(month + 1).padStart(2, "0")}.db`),
  ];
  for (const name of old) await writeFile(join(backups, name), "");
  const failure = await script("backup.sh", [backups], { DATABASE_URL: "sqlite://absent.db" }).catch((error) => error);
  assert.notEqual(failure.code, 0);
  assert.deepEqual(await names(), old.toSorted());

  await script("backup.sh", [backups]);
  const today = new Date().toISOString().slice(0, 10);
  const kept = [`day-${today}.db`, `month-${today.slice(0, 7)}.db`, ...old.slice(7, 20), ...old.slice(21)];
  assert.deepEqual(await names(), kept.toSorted());
});

test("rehearse.sh serves a copy of a backup, and the backup stays as it is", async () => {
  const backup = join(backups, "backup.db");
  await rm(backup, { force: true });
  await service.run("database", "backup", backup);
  const before = await readFile(backup);
  const { stdout } = await script("rehearse.sh", [backup], { REHEARSAL_LISTEN: await freeAddress() });
  assert.match(stdout, /^daemun \d+\.\d+\.\d+ serves a copy of .*\/backup\.db on 127\.0\.0\.1:\d+, after \d+ s\./);
  assert.match(stdout, /Minji\tminji@example\.com/);
  assert.deepEqual(await readFile(backup), before);
});

test("rehearse.sh fails with the reason of a copy that cannot be served", async () => {
  const damaged = join(backups, "damaged.db");
  await writeFile(damaged, "no database");
  const failure = await script("rehearse.sh", [damaged], { REHEARSAL_LISTEN: await freeAddress() }).catch((error) => error);
  assert.equal(failure.code, 1);
  assert.match(failure.stderr, /daemun: .*not a database/);
});

test("rehearse.sh fails beside another service on its port", async () => {
  const backup = join(backups, "beside.db");
  await service.run("database", "backup", backup);
  const failure = await script("rehearse.sh", [backup], { REHEARSAL_LISTEN: new URL(service.url).host }).catch((error) => error);
  assert.equal(failure.code, 1);
  assert.match(failure.stderr, /cannot listen on 127\.0\.0\.1:/);
});
