// Runs a command with a service that has cheap hashes and the given settings: node with-service.js [NAME=VALUE]… COMMAND…
// The command finds the service's address in SERVICE_URL and its folder in SERVICE_FOLDER.

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
try {
  const env = { ...process.env, SERVICE_URL: service.url, SERVICE_FOLDER: service.folder };
  const child = spawn(command, words, { stdio: "inherit", env });
  const [code] = await once(child, "exit");
  process.exitCode = code ?? 1;
} finally {
  await service.stop();
}
