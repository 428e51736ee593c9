// The client as npm packs it, in an empty Vite project: types, size, and proofs of work in Chromium with and without a worker.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

import { startBrowser } from "../support/browser.js";
import { startService, stopAll } from "../support/service.js";

const run = promisify(execFile);
const modules = fileURLToPath(new URL("../node_modules/", import.meta.url));
const client = fileURLToPath(new URL("../../../clients/typescript/", import.meta.url));

/** A host without a secure context, unlike `localhost`. Chromium resolves it to this machine. */
const plainHost = "app.example";

/** Bytes of `daemun-client/react` after gzip at most, without React. */
const REACT_BYTES = 3_000;

let project, files, service, browser;
before(async () => {
  project = await mkdtemp(join(tmpdir(), "daemun-packed-"));
  await cp(new URL("app/", import.meta.url), project, { recursive: true });
  const { stdout } = await run("npm", ["pack", "--silent", "--pack-destination", project], { cwd: client });
  await writeFile(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await run("npm", ["install", "--silent", "--ignore-scripts", "--prefer-offline", `./${stdout.trim()}`], { cwd: project });
  await mkdir(join(project, "node_modules/@types"), { recursive: true });
  for (const name of ["react", "react-dom", "@types/react", "@types/react-dom"]) {
    await symlink(join(modules, name), join(project, "node_modules", name));
  }
  await run(join(modules, ".bin/vite"), ["build", "--logLevel", "warn"], { cwd: project });

  files = await serve(join(project, "dist"));
  const origins = ["localhost", plainHost].map((host) => `http://${host}:${files.port}`);
  service = await startService({
    DAEMUN_CORS_ORIGINS: origins.join(),
    DAEMUN_CAPTCHA: "always",
    DAEMUN_UNSAFE_FAST_HASHES: "true",
    DAEMUN_BCRYPT_COST: "4",
  });
  browser = await startBrowser(`--host-resolver-rules=MAP ${plainHost} 127.0.0.1`);
});
after(async () => {
  await browser?.close();
  await stopAll(service, files);
  await rm(project, { recursive: true });
});

test("compiles with tsc --strict, declarations of the package included", async () => {
  await run(join(modules, ".bin/tsc"), ["--project", project]);
});

test("holds what was built, and nothing else", async () => {
  const folder = join(project, "node_modules/daemun-client");
  assert.deepEqual((await readdir(folder)).toSorted(), ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "dist", "package.json"]);
});

test(`adds less than ${REACT_BYTES} bytes to a React app`, async () => {
  const sizes = {};
  for (const name of ["react", "index", "captcha-worker"]) {
    const entryPoints = [join(project, `node_modules/daemun-client/dist/${name}.js`)];
    const { outputFiles } = await build({ entryPoints, bundle: true, minify: true, format: "esm", external: ["react"], write: false });
    sizes[name] = gzipSync(outputFiles[0].contents).length;
  }
  console.log(`bytes after gzip: ${JSON.stringify(sizes)}`);
  assert.ok(sizes.react < REACT_BYTES);
});

for (const [name, host, policy, workers] of [
  ["in a worker, under a strict policy", "localhost", "worker-src 'self'", 1],
  ["in a worker, without the Web Crypto API", plainHost, "worker-src 'self'", 1],
  ["in the page, where the policy forbids workers", "localhost", "worker-src 'none'", 0],
  ["in the page, with Trusted Types", "localhost", "worker-src 'self'; require-trusted-types-for 'script'", 0],
]) {
  test(`solves proofs of work ${name}`, async () => {
    files.policy = `default-src 'none'; script-src 'self'; connect-src 'self' http://${host}:*; img-src data:; ${policy}`;
    const context = await browser.newContext();
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    const started = [];
    page.on("worker", (worker) => started.push(worker.url()));
    await page.goto(`http://${host}:${files.port}/?service=${service.url.replace("127.0.0.1", host)}`);
    await page.locator("p", { hasText: "unauthenticated" }).waitFor();

    const start = performance.now();
    await page.getByText(await isRegistered() ? "Log in" : "Sign up").click();
    await page.locator("p", { hasText: "minji" }).waitFor();
    console.log(`${name}: ${Math.round(performance.now() - start)} ms`);
    assert.deepEqual([started.length, await page.evaluate(() => isSecureContext)], [workers, host === "localhost"]);
    await page.getByText("Log out").click();
    await page.locator("p", { hasText: "unauthenticated" }).waitFor();
    await context.close();
  });
}

/** Returns whether an earlier test signed up. */
async function isRegistered() {
  return (await service.run("user", "list")).includes("minji");
}

/** Serves a folder on loopback, with `policy` as the policy of its pages. */
async function serve(folder) {
  const types = { html: "text/html", js: "text/javascript" };
  const started = { policy: "", stop: async () => (server.closeAllConnections(), server.close()) };
  const server = createServer(async ({ url }, response) => {
    const path = new URL(url, "http://localhost").pathname;
    const file = path === "/" ? "/index.html" : path;
    const content = await readFile(join(folder, file)).catch(() => undefined);
    const headers = { "Content-Type": types[file.split(".").at(-1)] ?? "text/plain", "Content-Security-Policy": started.policy };
    response.writeHead(content ? 200 : 404, headers).end(content);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return Object.assign(started, { port: server.address().port });
}
