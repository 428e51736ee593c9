// A service of the test's own: the built binary on a free port, in a folder that goes with it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** How long a start may take on a busy machine, in milliseconds. */
const patience = 30_000;

/**
 * Starts the binary that `DAEMUN` names on an empty database; resolves once it says that it is ready.
 * `stop()` ends it as an operator does and throws if it did not end well or complained about itself on the way.
 */
export async function startService(settings = {}) {
  const binary = process.env.DAEMUN;
  if (!binary) throw new Error("DAEMUN must name the binary; tests/external/run does that");
  const folder = await mkdtemp(join(tmpdir(), "daemun-"));
  const child = spawn(binary, ["serve"], {
    cwd: folder,
    env: { PATH: process.env.PATH, DAEMUN_LISTEN: "127.0.0.1:0", DAEMUN_LOG_FORMAT: "json", ...settings },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const log = [];
  const url = await ready(child, log);

  async function stop() {
    child.kill("SIGTERM");
    const [code, signal] = await ended;
    await rm(folder, { recursive: true });
    if (code !== 0) throw new Error(`the service ended with ${code ?? signal} after SIGTERM`);
    const complaints = log.filter((line) => line.level === "ERROR");
    if (complaints.length > 0) throw new Error(`the service logged errors: ${JSON.stringify(complaints, null, 2)}`);
  }
  return { url, log, folder, stop };
}

/** Stops each in turn, those after one that fails too, and then throws what the first threw. */
export async function stopAll(...started) {
  const failures = [];
  for (const each of started) await each?.stop().catch((failure) => failures.push(failure));
  if (failures.length > 0) throw failures[0];
}

/** The address in the line by which the service says that it is ready. */
function ready(child, log) {
  const lines = createInterface({ input: child.stdout });
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no ready line within ${patience} ms`)), patience);
    lines.on("line", (line) => {
      const event = JSON.parse(line);
      log.push(event);
      if (event.event !== "service.ready") return;
      clearTimeout(late);
      resolve(event.api);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the service did not start: exit code ${code}`)));
  });
}
