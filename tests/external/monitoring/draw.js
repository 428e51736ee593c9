// Draws docs/images/dashboard.svg from the dashboard's own queries, during a load run of four minutes:
// DAEMUN=target/release/daemun node tests/external/monitoring/draw.js
// The run has four parts of a minute: ordinary use, wrong passwords, a mail server that is away, and more logins than the CPU can hash.

import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";

import { digestOfDashboard, drawDashboard, nameOf, readDashboard } from "../support/dashboard.js";
import { load } from "../support/load.js";
import { startMailSink } from "../support/mail-sink.js";
import { startPrometheus } from "../support/prometheus.js";
import { freePort } from "../support/proxies.js";
import { startService } from "../support/service.js";

const picture = fileURLToPath(new URL("../../../docs/images/dashboard.svg", import.meta.url));
const scrapeSeconds = 2;
const partSeconds = Number(process.env.PART_SECONDS ?? 60);

let mail = await startMailSink();
const service = await startService({
  DAEMUN_ADMIN_LISTEN: `127.0.0.1:${await freePort()}`, DAEMUN_LIMIT_SIGN_UPS: "10000", DAEMUN_LIMIT_LOG_INS: "10000",
  DAEMUN_LIMIT_NETWORK_FAILURES: "10000", DAEMUN_CAPTCHA: "off", DAEMUN_MAIL_URL: `smtp://127.0.0.1:${mail.port}?tls=off`, DAEMUN_MAIL_FROM: "no-reply@example.com", DAEMUN_EMAIL_VERIFICATION: "optional",
  DAEMUN_BCRYPT_COST: "10", DAEMUN_HASH_DEADLINE: "500ms",
});
const prometheus = await startPrometheus(service.admin, scrapeSeconds);
const start = Date.now() / 1_000;
await load(service.url, partSeconds, { clients: 4, rest: 500, failures: 0.1 });
await load(service.url, partSeconds, { clients: 8, rest: 300, failures: 0.7 });
await mail.stop();
await load(service.url, partSeconds, { clients: 8, rest: 200, failures: 0.1 });
mail = await startMailSink(mail.port);
await load(service.url, partSeconds, { clients: 96, failures: 0.1 });
const end = Date.now() / 1_000;

const panels = [];
for (const { title, unit, isStacked, queries } of await readDashboard(`${scrapeSeconds * 5}s`)) {
  const series = [];
  for (const { expression, legend } of queries) {
    for (const { metric, values } of await prometheus.queryRange(expression, start, end, scrapeSeconds)) {
      const points = values.map(([time, value]) => [time, Number(value)]).filter(([, value]) => Number.isFinite(value));
      series.push({ name: nameOf(legend, metric).replace(service.admin, "daemun"), points });
    }
  }
  panels.push({ title, unit, isStacked, series });
}
const date = new Date().toISOString().slice(0, 10);
const caption = `${date}, ${cpus().length} cores of ${cpus()[0].model}: the queries of examples/monitoring/grafana/dashboard.json, drawn by tests/external/monitoring/draw.js.`;
await writeFile(picture, drawDashboard(panels, { start, end, step: scrapeSeconds, caption, digest: await digestOfDashboard() }));
await prometheus.stop();
await service.stop();
await mail.stop();
