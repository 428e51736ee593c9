// Debian's Prometheus with the example configuration, in which only addresses, folders and times are replaced.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

import { adapted, examples, freePort } from "./proxies.js";

/** The longest wait for a condition on a busy machine, in milliseconds. */
const patience = 60_000;

/** The pause between two polls, in milliseconds. */
const pauseMs = 200;

/**
 * Starts Prometheus, which scrapes the admin listener at `target` every `seconds`. Alerts fire after `seconds`, too.
 * `query` and `queryRange` resolve with the series of an expression, and `alerts` with the alerts that are pending or firing.
 */
export async function startPrometheus(target, seconds = 1) {
  const folder = await mkdtemp(join(tmpdir(), "daemun-prometheus-"));
  const read = (name) => readFile(new URL(`monitoring/${name}`, examples), "utf8");
  const config = adapted("prometheus.yml", await read("prometheus.yml"), [
    ["scrape_interval: 15s", `scrape_interval: ${seconds}s`],
    ["scrape_timeout: 5s", `scrape_timeout: ${seconds}s`],
    ["evaluation_interval: 15s", `evaluation_interval: ${seconds}s`],
    ["daemun:9464", target],
  ]);
  await writeFile(join(folder, "prometheus.yml"), config);
  const rules = await read("alerts.yml");
  await writeFile(join(folder, "alerts.yml"), rules.replace(/for: \d+m/g, `for: ${seconds}s`));
  const port = await freePort();
  const words = [
    `--config.file=${join(folder, "prometheus.yml")}`, `--storage.tsdb.path=${join(folder, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`, "--log.level=warn",
  ];
  const child = spawn("prometheus", words, { stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(child, "exit");
  let log = "";
  child.stderr.on("data", (piece) => (log += piece));
  const url = `http://127.0.0.1:${port}`;
  const early = ended.then(([code]) => Promise.reject(new Error(`prometheus ended with ${code}: ${log}`)));
  early.catch(() => {});
  await Promise.race([until(async () => (await fetch(`${url}/-/ready`).catch(() => ({}))).ok), early]);

  async function api(path, parameters) {
    const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const body = await response.json();
    if (body.status !== "success") throw new Error(`${path} ${JSON.stringify(parameters)}: ${body.error}`);
    return body.data;
  }

  async function stop() {
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true });
    const complaints = log.split("\n").filter((line) => /level=(warn|error)/.test(line) && !line.includes("Received SIGTERM"));
    if (complaints.length > 0) throw new Error(`prometheus logged: ${complaints.join("\n")}`);
  }

  return {
    url,
    stop,
    query: async (query) => (await api("query", { query })).result,
    queryRange: async (query, start, end, step) => (await api("query_range", { query, start, end, step })).result,
    alerts: async () => (await api("alerts", {})).alerts,
  };
}

/** Resolves once the condition holds. */
export async function until(holds) {
  const deadline = Date.now() + patience;
  for (;;) {
    const value = await holds();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`the condition never held: ${holds}`);
    await pause(pauseMs);
  }
}

/** Runs Debian's promtool. Resolves with its output. */
export async function promtool(...words) {
  const { stdout } = await promisify(execFile)("promtool", words);
  return stdout;
}
