// A program that says where it listens: the first line that it prints is its address.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** Starts it; resolves with its address and what ends it. */
export async function startProgram(command, words, settings = {}) {
  const child = spawn(command, words, { env: { ...process.env, ...settings }, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "exit");
  let complaints = "";
  child.stderr.on("data", (piece) => (complaints += piece));
  const [url] = await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    ended.then(([code]) => Promise.reject(new Error(`${command} ${words.join(" ")} ended with ${code}: ${complaints}`))),
  ]);

  async function stop() {
    child.kill("SIGTERM");
    await ended;
  }
  return { url, stop };
}
