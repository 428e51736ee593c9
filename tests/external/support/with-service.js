// Runs a command with a service that has cheap hashes and the given settings: node with-service.js [NAME=VALUE]… COMMAND…
// The command finds the service's address in SERVICE_URL and its folder in SERVICE_FOLDER. With DAEMUN_ADMIN_LISTEN, the address of the
// admin listener is in ADMIN_URL, and a key with every scope of the admin API in ADMIN_KEY.

import { spawn } from "node:child_process";
import { once } from "node:events";

import { startService } from "./service.js";

const words = process.argv.slice(2);
const settings = { DAEMUN_UNSAFE_FAST_HASHES: "true", DAEMUN_BCRYPT_COST: "4" };
while (/^[A-Z_]+=/.test(words[0])) {
  const [name, ...value] = words.shift().split("=");
  settings[name] = value.join("=");
}
const command = words.shift();
const service = await startService(settings);

/** Returns the environment of the command. */
async function environment() {
  const env = { ...process.env, SERVICE_URL: service.url, SERVICE_FOLDER: service.folder };
  if (!service.admin) return env;
  const scopes = ["users:read", "users:write", "events:read", "invitations:write"];
  const key = await service.run("key", "create", "test", ...scopes.flatMap((scope) => ["--scope", scope]));
  return { ...env, ADMIN_URL: `http://${service.admin}`, ADMIN_KEY: key.trim() };
}

try {
  const env = await environment();
  const child = spawn(command, words, { stdio: "inherit", env });
  const [code] = await once(child, "exit");
  process.exitCode = code ?? 1;
} finally {
  await service.stop();
}
