// The project's own nginx configuration in front of a service: the example page and the API on one origin.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const examples = new URL("../../../examples/", import.meta.url);

/** Starts nginx before the service at `upstream`; resolves once it takes connections. */
export async function startGate(upstream, port = undefined) {
  const folder = await mkdtemp(join(tmpdir(), "daemun-gate-"));
  port ??= await freePort();
  const configuration = await readFile(new URL("nginx/nginx.conf", examples), "utf8");
  const file = join(folder, "nginx.conf");
  await writeFile(file, adapted(configuration, { upstream, port, folder }));

  // As root, nginx would read the page as a user who may not enter the folder of this repository.
  const user = process.getuid() === 0 ? " user root;" : "";
  const child = spawn("nginx", ["-p", folder, "-c", file, "-g", `daemon off;${user}`], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = once(child, "exit");
  await Promise.race([listening(port), ended.then(([code]) => Promise.reject(new Error(`nginx ended with ${code}`)))]);

  async function stop() {
    child.kill("SIGQUIT");
    await ended;
    const complaints = await readFile(join(folder, "error.log"), "utf8");
    await rm(folder, { recursive: true });
    if (complaints) throw new Error(`nginx complained:\n${complaints}`);
  }
  return { url: `http://localhost:${port}`, stop };
}

/** What differs from the container: port, folders, and where the service is. Each place must still be there. */
function adapted(configuration, { upstream, port, folder }) {
  let text = configuration.replaceAll(" /tmp/", ` ${folder}/`);
  const places = [
    ["listen 8080;", `listen 127.0.0.1:${port};`],
    ["root /usr/share/nginx/html;", `root ${new URL("frontend", examples).pathname};`],
    ["set $daemun http://daemun:8080;", `set $daemun ${upstream};`],
    ["error_log /dev/stderr warn;", `error_log ${folder}/error.log warn;`],
    ["access_log /dev/stdout combined if=$is_from_outside;", "access_log off;"],
  ];
  for (const [there, here] of places) {
    if (text.split(there).length !== 2) throw new Error(`nginx.conf does not have \`${there}\` once`);
    text = text.replace(there, () => here);
  }
  return text;
}

/** A port that nobody listens on at this moment, for who must name it before nginx is started. */
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
  throw new Error("nginx takes no connections");
}
