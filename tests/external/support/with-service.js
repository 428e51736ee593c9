// Runs a command beside a service with cheap hashes, whose address it finds in SERVICE_URL: node with-service.js COMMAND…

import { spawn } from "node:child_process";
import { once } from "node:events";

import { startService } from "./service.js";

const [command, ...words] = process.argv.slice(2);
const service = await startService({ DAEMUN_UNSAFE_FAST_HASHES: "true", DAEMUN_BCRYPT_COST: "4" });
try {
  const child = spawn(command, words, { stdio: "inherit", env: { ...process.env, SERVICE_URL: service.url } });
  const [code] = await once(child, "exit");
  process.exitCode = code ?? 1;
} finally {
  await service.stop();
}
