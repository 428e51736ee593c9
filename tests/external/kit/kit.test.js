// The Compose kit without an engine: its files as Compose reads them, and its gate by Debian's nginx in front of the service and two apps.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import { startBrowser, visit } from "../support/browser.js";
import { interpolated, readCompose } from "../support/compose.js";
import { startProgram } from "../support/program.js";
import { startNginx } from "../support/proxies.js";
import { send } from "../support/send.js";
import { startService, stopAll } from "../support/service.js";

const kit = new URL("../../../kit/", import.meta.url);
const file = new URL("compose.yaml", kit);
// nginx has no DNS server here, so each address is a number.
const address = ({ url }) => `127.0.0.1:${new URL(url).port}`;

/** Returns the ports of this machine, and the subnets, that a copy of the kit takes. */
function takenBy(environment) {
  const { services, networks } = readCompose(file, environment);
  const ports = Object.values(services).flatMap(({ ports = [] }) => ports);
  for (const port of ports) assert.match(port, /^127\.0\.0\.1:\d+:\d+$/);
  const subnets = Object.values(networks).flatMap((network) => network?.ipam.config.map(({ subnet }) => subnet) ?? []);
  return [...ports.map((port) => port.split(":")[1]), ...subnets];
}

test("variables are replaced as Compose does", () => {
  assert.equal(interpolated("a$$b ${A:-x} ${B:-y/${C:-z}} ${D:-}", { B: "", A: "1" }), "a$b 1 y/z ");
  assert.throws(() => interpolated("${A", {}));
  assert.throws(() => interpolated("${A?}", {}));
});

test("a second copy beside the first shares no port, no subnet and no name", () => {
  const second = { KIT_PORT: "8090", KIT_SUBNET: "172.30.93.0/24", KIT_MAIL_PORT: "8035", KIT_PROMETHEUS_PORT: "9091", KIT_GRAFANA_PORT: "3001" };
  const taken = [...takenBy({}), ...takenBy(second)];
  assert.equal(new Set(taken).size, taken.length, `${taken}`);
  const { services, networks, volumes } = readCompose(file, second);
  assert.equal(services.daemun.environment.DAEMUN_TRUSTED_PROXIES, second.KIT_SUBNET);
  assert.equal(services.daemun.environment.DAEMUN_PUBLIC_URL, "http://localhost:8090/auth");
  for (const part of [services, networks, volumes].flatMap(Object.values)) assert.ok(!part?.container_name && !part?.name && !part?.external);
});

test("its names cannot collide with those of an app, and its profiles are off by default", () => {
  const { services, networks, volumes } = readCompose(file);
  for (const name of [services, networks, volumes].flatMap(Object.keys)) assert.match(name, /^daemun(-|$)/);
  const profiles = Object.entries(services).map(([name, { profiles }]) => [name, profiles?.join()]);
  assert.deepEqual(Object.fromEntries(profiles), {
    "daemun": undefined,
    "daemun-gate": undefined,
    "daemun-mail": "mail",
    "daemun-postgres": "postgres",
    "daemun-prometheus": "monitoring",
    "daemun-grafana": "monitoring",
  });
  for (const [name, { volumes: mounts = [], networks }] of Object.entries(services)) {
    for (const mount of mounts) {
      const [source] = mount.split(":");
      assert.ok(source.startsWith(".") ? existsSync(new URL(source, kit)) : source in volumes, `${name}: ${mount}`);
    }
    // An app in the network that is trusted could claim another client IP.
    const joined = Array.isArray(networks) ? networks : Object.keys(networks);
    assert.deepEqual(joined, name === "daemun-gate" ? ["daemun-inside", "daemun"] : ["daemun-inside"]);
  }
});

test("an app gains a login with five lines or fewer, and as the documentation shows it", async () => {
  for (const [name, target] of [["site", "KIT_SITE"], ["api", "KIT_API"]]) {
    const example = new URL(`examples/${name}/compose.yaml`, kit);
    const { include, services } = readCompose(example);
    assert.deepEqual(include.map((path) => new URL(path, example).href), [file.href]);
    assert.deepEqual(services[name].networks, ["daemun"]);
    const lines = (await readFile(example, "utf8")).split("\n").filter((line) => /# +login$/.test(line));
    assert.ok(lines.length <= 5);
    const expected = ["include:", "  - ../../compose.yaml", "    networks: [daemun]"];
    assert.deepEqual(lines.map((line) => line.replace(/ *# +login$/, "")), expected);
    const upstream = readCompose(file).services["daemun-gate"].environment[target.replace("KIT_", "")];
    assert.equal(upstream.split(":")[0], name);
    const page = await readFile(new URL("../docs/compose-kit.md", kit), "utf8");
    const added = page.split("\n").filter((line) => /^ *\+/.test(line)).map((line) => line.replace(/^ *\+ */, "").trim());
    assert.deepEqual(added, ["include:", "- daemun/kit/compose.yaml", "networks: [daemun]"]);
  }
});

describe("the gate", () => {
  let folder, service, site, api, gate;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "daemun-kit-"));
    const { services } = readCompose(file);
    const { DAEMUN_TRUSTED_PROXIES: _network, DAEMUN_ADMIN_LISTEN: _address, ...settings } = services.daemun.environment;
    const quick = { DAEMUN_UNSAFE_FAST_HASHES: "true", DAEMUN_BCRYPT_COST: "4", DAEMUN_TRUSTED_PROXIES: "127.0.0.1" };
    service = await startService({ ...settings, ...quick });
    api = await startProgram("python3", [fileURLToPath(new URL("examples/api/api.py", kit))], { APP_PORT: "0" });
    site = await startNginx("../kit/examples/site/nginx.conf", [
      ["root /usr/share/nginx/html;", `root ${fileURLToPath(new URL("examples/site/public", kit))};`],
    ]);
    gate = await startGate(services["daemun-gate"]);
  });
  after(async () => {
    await stopAll(gate, api, site, service);
    await rm(folder, { recursive: true });
  });

  /** Starts nginx with the configuration that the command of the gate's container writes. */
  async function startGate({ command, environment }) {
    const [shell, options, script] = command;
    const [write] = script.split(" exec nginx ");
    const template = fileURLToPath(new URL("gate.conf", kit));
    const written = join(folder, "gate.conf");
    const here = write.replaceAll("/etc/nginx/gate.conf", template).replaceAll("/tmp/gate.conf", written);
    const values = { RESOLVER: "127.0.0.1", SITE: address(site), API: address(api) };
    assert.deepEqual(Object.keys(values), Object.keys(environment));
    execFileSync(shell, [options, here], { env: { PATH: process.env.PATH, ...values } });
    assert.doesNotMatch(await readFile(written, "utf8"), /@[A-Z]+@/);
    const places = [
      ["set $daemun daemun:8080;", `set $daemun ${address(service)};`],
      ["access_log /dev/stdout combined if=$is_from_outside;", "access_log off;"],
    ];
    return startNginx(pathToFileURL(written), places, { isExpected: (line) => line.includes("connect() failed") });
  }

  const json = { "Content-Type": "application/json" };
  const account = (username, email = `${username}@example.com`) => ({ username, email, password: "Correct-Horse-7-battery" });
  const post = (path, body, headers = {}) => send(`${gate.url}${path}`, { method: "POST", headers: { ...json, ...headers }, body: JSON.stringify(body) });

  test("serves the site, and daemun below /auth/", async () => {
    const page = await fetch(`${gate.url}/`);
    assert.match(await page.text(), /A site with a login/);
    assert.match((await fetch(`${gate.url}/login.js`)).headers.get("content-type"), /javascript/);
    const { status, json: session } = await send(`${gate.url}/auth/session`);
    assert.deepEqual([status, session], [200, { user: null, session: null }]);
    assert.equal((await fetch(`${gate.url}/auth/swagger-ui/`)).status, 200);
    assert.equal((await fetch(`${gate.url}/auth/metrics`)).status, 404);
  });

  test("requires a login for the API, and passes the user on", async () => {
    const anonymous = await send(`${gate.url}/api/notes`);
    assert.deepEqual([anonymous.status, anonymous.json.code], [401, "not_authenticated"]);
    assert.equal((await send(`${gate.url}${anonymous.json.type}`, { headers: { Accept: "application/json" } })).status, 200);

    const minji = await post("/auth/signup", account("민지", "minji@example.com"));
    const jisu = await post("/auth/signup", account("Jisu"));
    assert.deepEqual([minji.status, jisu.status], [201, 201]);
    const bearer = ({ json }) => ({ Authorization: `Bearer ${json.session.token}` });
    const forged = { "X-Auth-User-Id": jisu.json.user.id, "X-Auth-Username": "Jisu" };
    const added = await post("/api/notes", "milk", { ...bearer(minji), ...forged });
    assert.deepEqual([added.status, added.json], [201, { username: "민지", notes: ['"milk"'] }]);
    assert.deepEqual((await send(`${gate.url}/api/notes`, { headers: bearer(jisu) })).json, { username: "Jisu", notes: [] });
    assert.equal((await post("/auth/logout", undefined, bearer(minji))).status, 204);
    assert.equal((await send(`${gate.url}/api/notes`, { headers: bearer(minji) })).status, 401);
  });

  test("lets the site's page sign up, log out and log in", async () => {
    const browser = await startBrowser();
    try {
      const { page, faults } = await visit(browser, gate.url);
      await page.goto(gate.url);
      const fill = (name, value) => page.locator(`[name=${name}]`).fill(value);
      await fill("username", "Sora");
      await fill("email", "sora@example.com");
      await fill("password", "short");
      await page.getByRole("button", { name: "Sign up" }).click();
      await page.locator("output").filter({ hasText: /8/ }).waitFor();
      await fill("password", account("Sora").password);
      await page.getByRole("button", { name: "Sign up" }).click();
      await page.getByText("Hello, Sora.").waitFor();
      await page.reload();
      await page.getByText("Hello, Sora.").waitFor();
      await page.getByRole("button", { name: "Log out" }).click();
      await fill("username", "sora@example.com");
      await fill("password", account("Sora").password);
      await page.getByRole("button", { name: "Log in" }).click();
      await page.getByText("Hello, Sora.").waitFor();
      if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, "kit-site.png") });
      assert.deepEqual(faults, []);
    } finally {
      await browser.close();
    }
  });

  test("states the client IP itself, whatever the client claims", async () => {
    await send(`${gate.url}/auth/login`, { method: "POST", headers: { ...json, "X-Forwarded-For": "192.0.2.9" }, body: '{"identifier":"a","password":"b"}' });
    const failed = service.log.filter(({ event }) => event === "login.failed").at(-1);
    assert.equal(failed["client.ip"], "127.0.0.1");
  });

  test("responds with a problem while an app is away", async () => {
    const jisu = await post("/auth/login", { identifier: "Jisu", password: account("Jisu").password });
    await api.stop();
    const { status, json, headers } = await send(`${gate.url}/api/notes`, { headers: { Authorization: `Bearer ${jisu.json.session.token}` } });
    assert.deepEqual([status, json.code], [503, "not_ready"]);
    assert.equal(headers["retry-after"], "2");
    api = undefined;
  });
});
