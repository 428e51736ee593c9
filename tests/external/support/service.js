// Starts a test's own service: the built binary on a free port, in a temporary folder.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

/** The time that a start may take on a busy machine, in milliseconds. */
const timeout = 30_000;

/**
 * Starts the binary that `DAEMUN` names on an empty database. Resolves once the service logs that it is ready.
 * `command` is a shell's command that starts `daemun`; the settings that it names take precedence.
 * `admin` is the address of the admin listener, if there is one.
 * `run(…)` runs a subcommand beside the service and resolves with its output.
 * `stop()` sends SIGTERM and throws if the exit code is not 0 or the service logged an error.
 */
export async function startService(settings = {}, command = "daemun serve") {
  const binary = process.env.DAEMUN;
  if (!binary) throw new Error("DAEMUN must name the binary; tests/external/run does that");
  const folder = await mkdtemp(join(tmpdir(), "daemun-"));
  await mkdir(join(folder, "bin"));
  await symlink(binary, join(folder, "bin", "daemun"));
  const PATH = `${join(folder, "bin")}:${process.env.PATH}`;
  const child = spawn("bash", ["-c", `exec env ${command}`], {
    cwd: folder,
    env: { PATH, DAEMUN_LISTEN: "127.0.0.1:0", DAEMUN_LOG_FORMAT: "json", ...settings },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const log = [];
  const { url, admin } = await ready(child, log);

  async function run(...words) {
    const { stdout } = await promisify(execFile)(binary, words, { cwd: folder, env: { PATH, ...settings } });
    return stdout;
  }

  async function stop() {
    child.kill("SIGTERM");
    const [code, signal] = await ended;
    await rm(folder, { recursive: true });
    if (code !== 0) throw new Error(`the service exited with ${code ?? signal} after SIGTERM`);
    const errors = log.filter((line) => line.level === "ERROR");
    if (errors.length > 0) throw new Error(`the service logged errors: ${JSON.stringify(errors, null, 2)}`);
  }
  return { url, admin, log, folder, run, stop };
}

/** Stops each in turn, even after a failure, and then throws the first failure. */
export async function stopAll(...started) {
  const failures = [];
  for (const each of started) await each?.stop().catch((failure) => failures.push(failure));
  if (failures.length > 0) throw failures[0];
}

/** Resolves with the addresses in the log line `service.ready`. */
function ready(child, log) {
  const lines = createInterface({ input: child.stdout });
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no ready line within ${timeout} ms`)), timeout);
    lines.on("line", (line) => {
      const event = JSON.parse(line);
      log.push(event);
      if (event.event !== "service.ready") return;
      clearTimeout(late);
      resolve({ url: event.api, admin: event.admin });
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the service did not start: exit code ${code}`)));
  });
}
