// Starts a program that prints its address as the first line.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** Starts the program. Resolves with its address and a function that stops it. */
export async function startProgram(command, words, settings = {}) {
  const child = spawn(command, words, { env: { ...process.env, ...settings }, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "exit");
  let errors = "";
  child.stderr.on("data", (piece) => (errors += piece));
  const [url] = await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    ended.then(([code]) => Promise.reject(new Error(`${command} ${words.join(" ")} exited with ${code}: ${errors}`))),
  ]);

  async function stop() {
    child.kill("SIGTERM");
    await ended;
  }
  return { url, stop };
}
