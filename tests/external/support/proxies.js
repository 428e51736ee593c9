// Reverse proxies with the example configurations, in which only addresses and folders are replaced.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export const examples = new URL("../../../examples/", import.meta.url);

/**
 * Starts nginx with an example configuration on `port`, by default a free one. Resolves once nginx accepts connections.
 * `places` are pairs `[there, here]`. `stop()` ends nginx, and throws if it logged a line that `isExpected` does not accept.
 */
export function startNginx(recipe, places, options = {}) {
  return start(recipe, options, ({ port, folder }) => ({
    places: [["listen 8080;", `listen 127.0.0.1:${port};`], ["error_log /dev/stderr warn;", `error_log ${folder}/log warn;`], ...places],
    everywhere: [" /tmp/", ` ${folder}/`],
    // As root, nginx would switch to a user that cannot read this repository's folder.
    command: (file) => ["nginx", "-p", folder, "-c", file, "-g", `daemon off;${process.getuid() === 0 ? " user root;" : ""}`],
    signal: "SIGQUIT",
  }));
}

/** Starts Caddy in the same way. */
export function startCaddy(recipe, places, options = {}) {
  return start(recipe, options, ({ port, folder }) => ({
    places: [
      ["\n:8080 {\n", `\nhttp://:${port} {\n\tbind 127.0.0.1\n`],
      ["\tadmin off\n", `\tadmin off\n\tlog {\n\t\toutput file ${folder}/log\n\t\tlevel ERROR\n\t}\n`],
      ...places,
    ],
    command: (file) => ["caddy", "run", "--adapter", "caddyfile", "--config", file],
    signal: "SIGTERM",
  }));
}

/** Starts Envoy in the same way. Its log has the lines of level `warning` and above. */
export function startEnvoy(recipe, places, { isExpected = () => false, ...options } = {}) {
  const isNormal = (line) => line.includes("caught ENVOY_SIGTERM") || isExpected(line);
  return start(recipe, { ...options, isExpected: isNormal }, ({ port, folder }) => ({
    places: [["address: 0.0.0.0, port_value: 8080", `address: 127.0.0.1, port_value: ${port}`], ...places],
    name: "envoy.yaml",
    command: (file) => ["envoy", "-c", file, "--log-level", "warning", "--log-path", join(folder, "log"), "--disable-hot-restart", "--concurrency", "1"],
    signal: "SIGTERM",
  }));
}

/** Starts HAProxy in the same way. */
export function startHaproxy(recipe, places, options = {}) {
  return start(recipe, options, ({ port }) => ({
    places: [["bind :8080\n", `bind 127.0.0.1:${port}\n`], ...places],
    command: (file) => ["haproxy", "-db", "-f", file],
    signal: "SIGTERM",
  }));
}

/** Starts Vite in the same way, with a copy of the folder `app` beside the recipe: Vite writes into the folder that it serves. */
export async function startVite(recipe, places, options = {}) {
  const program = fileURLToPath(new URL("../node_modules/vite/bin/vite.js", import.meta.url));
  return start(recipe, options, async ({ port, folder }) => {
    await cp(new URL("app", new URL(recipe, examples)), join(folder, "app"), { recursive: true });
    return {
      places,
      name: "vite.config.js",
      command: (file) => [process.execPath, program, "--config", file, "--host", "127.0.0.1", "--port", `${port}`, "--strictPort"],
      signal: "SIGTERM",
    };
  });
}

async function start(recipe, { port = undefined, isExpected = () => false }, kind) {
  const folder = await mkdtemp(join(tmpdir(), "daemun-proxy-"));
  port ??= await freePort();
  const { places, everywhere, name = "configuration", command, signal } = await kind({ port, folder });
  const written = await readFile(new URL(recipe, examples), "utf8");
  const text = everywhere ? written.replaceAll(...everywhere) : written;
  const file = join(folder, name);
  await writeFile(file, adapted(recipe, text, places));

  const [program, ...words] = command(file);
  const home = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const child = spawn(program, words, { stdio: "ignore", env: home, cwd: folder });
  const ended = once(child, "exit");
  const log = async () => (await readFile(join(folder, "log"), "utf8").catch(() => "")).split("\n").filter(Boolean);
  const early = ended.then(async ([code]) => Promise.reject(new Error(`${program} ended with ${code}: ${await log()}`)));
  await Promise.race([listening(port), early]);

  async function stop() {
    child.kill(signal);
    await ended;
    const complaints = (await log()).filter((line) => !isExpected(line));
    await rm(folder, { recursive: true });
    if (complaints.length > 0) throw new Error(`${program} complained:\n${complaints.join("\n")}`);
  }
  return { url: `http://localhost:${port}`, stop };
}

/** Replaces what differs from the container. Each place must occur exactly once. */
export function adapted(recipe, text, places) {
  return places.reduce((text, [there, here]) => {
    if (text.split(there).length !== 2) throw new Error(`${recipe} does not have \`${there}\` once`);
    return text.replace(there, () => here);
  }, text);
}

/** Returns a port that is free at this moment, for callers that need it before a proxy is started. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function listening(port) {
  for (const end = Date.now() + 10_000; Date.now() < end; await pause(20)) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await once(socket, "connect").then(() => true, () => false);
    socket.destroy();
    if (isOpen) return;
  }
  throw new Error("the proxy accepts no connections");
}
