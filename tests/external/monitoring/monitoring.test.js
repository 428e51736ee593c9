// The monitoring examples with Debian's Prometheus: its configuration, the alert rules, the dashboard's queries, and the text of the metrics.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { digestOfDashboard, drawDashboard, nameOf, readDashboard } from "../support/dashboard.js";
import { load } from "../support/load.js";
import { promtool, startPrometheus, until } from "../support/prometheus.js";
import { examples, freePort } from "../support/proxies.js";
import { startService } from "../support/service.js";

const file = (name) => fileURLToPath(new URL(name, examples));
const docs = new URL("../docs/", examples);

/** The interval of scrapes. */
const seconds = 2;

/** Settings with which every panel has data within seconds. */
const settings = {
  DAEMUN_UNSAFE_FAST_HASHES: "true", DAEMUN_BCRYPT_COST: "4", DAEMUN_CAPTCHA: "off", DAEMUN_LIMIT_SIGN_UPS: "10000",
  DAEMUN_LIMIT_LOG_INS: "10000", DAEMUN_MAIL_URL: "file://mail", DAEMUN_EMAIL_VERIFICATION: "optional",
};

test("promtool accepts the configuration and the rules", async () => {
  await promtool("check", "config", file("monitoring/prometheus.yml"));
  await promtool("check", "rules", file("monitoring/alerts.yml"));
});

test("each alert fires for its condition and for no other", async () => {
  const folder = await mkdtemp(join(tmpdir(), "daemun-rules-"));
  await copyFile(file("monitoring/alerts.yml"), join(folder, "alerts.yml"));
  const tests = join(folder, "alerts.test.yml");
  await copyFile(new URL("alerts.test.yml", import.meta.url), tests);
  await promtool("test", "rules", tests);
  await rm(folder, { recursive: true });
});

test("each runbook is a heading of docs/operations.md", async () => {
  const rules = await readFile(file("monitoring/alerts.yml"), "utf8");
  const page = await readFile(new URL("operations.md", docs), "utf8");
  const alerts = [...rules.matchAll(/alert: (\w+)/g)].map(([, name]) => name);
  const runbooks = [...rules.matchAll(/runbook: (\S+)/g)].map(([, link]) => link);
  assert.deepEqual(runbooks, alerts.map((name) => `docs/operations.md#${name.toLowerCase()}`));
  assert.equal(alerts.length, 6);
  for (const name of alerts) assert.match(page, new RegExp(`^#### ${name}$`, "m"));
});

test("the picture in docs/operations.md is that of the dashboard", async () => {
  const picture = await readFile(new URL("images/dashboard.svg", docs), "utf8");
  const digest = await digestOfDashboard();
  assert.ok(picture.includes(`<!-- dashboard ${digest} -->`), "the dashboard has changed: run tests/external/monitoring/draw.js");
});

describe("Prometheus scrapes a service", () => {
  let service, prometheus, address;
  const start = () => startService({ ...settings, DAEMUN_ADMIN_LISTEN: address });
  const isUp = async () => (await prometheus.query('up{job="daemun"} == 1')).length === 1;
  before(async () => {
    address = `127.0.0.1:${await freePort()}`;
    service = await start();
    assert.equal(service.admin, address);
    prometheus = await startPrometheus(address, seconds);
    await until(isUp);
  });
  after(async () => {
    await prometheus?.stop();
    await service?.stop();
  });

  test("the parser of PyPI's prometheus_client reads the text, before and after load", async () => {
    const parse = async () => {
      const { stdout } = await promisify(execFile)("python", [fileURLToPath(new URL("openmetrics.py", import.meta.url)), `http://${address}/metrics`]);
      return JSON.parse(stdout);
    };
    const before = await parse();
    await load(service.url, 2, { clients: 4, failures: 0.5 });
    const families = await parse();
    assert.deepEqual(Object.keys(families), Object.keys(before));
    for (const [name, kind] of Object.entries({
      http_server_requests: "counter", http_server_request_duration_seconds: "histogram", http_server_active_requests: "gauge",
      daemun_logins: "counter", daemun_hash_wait_seconds: "histogram", db_client_connection_count: "gauge",
      db_client_connection_wait_time_seconds: "histogram", daemun_build: "info", process_cpu_seconds: "counter",
      process_start_time_seconds: "gauge",
    })) {
      assert.equal(families[name]?.[0], kind, name);
    }
    const page = await readFile(new URL("operations.md", docs), "utf8");
    const documented = (name) => page.includes(`\`${name}\``) || page.includes(`\`${name}_total\``) || page.includes(`\`${name}_info\``);
    const missing = Object.keys(families).filter((name) => !documented(name));
    assert.deepEqual(missing, [], "docs/operations.md lists every metric");
  });

  test("every panel of the dashboard has data, and a picture", async () => {
    const panels = await readDashboard(`${5 * seconds}s`);
    const started = Date.now() / 1_000;
    await load(service.url, 8 * seconds, { clients: 4, failures: 0.5 });
    const ended = Date.now() / 1_000;
    const drawn = [];
    for (const { title, unit, isStacked, queries } of panels) {
      const series = [];
      for (const { expression, legend } of queries) {
        const found = await prometheus.queryRange(expression, started, ended, seconds);
        series.push(...found.map(({ metric, values }) => ({ name: nameOf(legend, metric), points: values.map(([time, value]) => [time, Number(value)]) })));
      }
      assert.ok(series.length > 0, title);
      assert.ok(series.every(({ name }) => name.length > 0), title);
      drawn.push({ title, unit, isStacked, series });
    }
    const picture = drawDashboard(drawn, { start: started, end: ended, step: seconds, caption: "a test", digest: "none" });
    assert.ok(panels.every(({ title }) => picture.includes(`>${title.replaceAll("&", "&amp;")}<`)));
  });

  test("an alert fires while the service is stopped, and resolves when it is back", async () => {
    const isFiring = async () => (await prometheus.alerts()).some(({ labels, state }) => labels.alertname === "DaemunDown" && state === "firing");
    await until(async () => (await isUp()) && !(await isFiring()));
    await service.stop();
    service = undefined;
    await until(isFiring);
    const [firing] = (await prometheus.alerts()).filter(({ labels }) => labels.alertname === "DaemunDown");
    assert.equal(firing.annotations.summary, `${address} does not respond to scrapes`);
    service = await start();
    await until(async () => !(await isFiring()));
  });
});
