// The verifiers of docs/verifiers.md as they stand there, with only the addresses replaced.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

import { blocksOf } from "../docs/blocks.js";
import { examples, startEnvoy, startHaproxy } from "./proxies.js";
import { send } from "./send.js";

const documented = { issuer: "https://app.example.com/auth", audience: "https://api.example.com" };
const options = `{ algorithm: "oauth2", signingAlgorithms: ["ES256"] }`;
const bearer = (token) => ({ Authorization: `Bearer ${token}` });

/** The package that a block needs, and how its verifier starts. */
const kinds = {
  "jose": (text) => inNode(text, "verify"),
  "jsonwebtoken": (text) => inNode(text, "verify"),
  "oauth4webapi": async (text) => {
    // The service of this test has no https.
    const insecure = options.replace(" }", ", [oauth.allowInsecureRequests]: true }");
    if (!text.includes(options)) throw new Error(`the block has no ${options}`);
    const { verify } = await inNode(text.replace(options, insecure), "verify");
    return { verify: (token) => verify(new Request("http://localhost/", { headers: bearer(token) })) };
  },
  "express": async (text) => {
    const { app } = await inNode(text, "app");
    // Express prints the errors of other environments.
    const server = app.set("env", "test").listen(0, "127.0.0.1");
    await once(server, "listening");
    const verify = (token) => claimsFrom(`http://127.0.0.1:${server.address().port}/me`, token);
    return { verify, stop: () => once(server.close(), "close") };
  },
  "jwt": inPython,
  // Its block needs joserfc too.
  "authlib": inPython,
  "joserfc": inPython,
};

/**
 * Starts every verifier of the page for an issuer. Each has `verify(token)`, which resolves with the claims, or throws an error whose
 * name, code or status says how the token was rejected.
 */
export async function startVerifiers({ issuer, audience }) {
  const verifiers = {};
  for (const { language, text, isRun } of await blocksOf("docs/verifiers.md")) {
    if (!isRun) continue;
    const packages = [...text.matchAll(/(?:from "|^import |^from )([\w-]+)/gm)].map(([, name]) => name);
    const name = Object.keys(kinds).find((name) => packages.includes(name));
    if (!name) throw new Error(`a block in ${language} needs none of ${Object.keys(kinds)}`);
    verifiers[name] = await kinds[name](text.replaceAll(documented.issuer, issuer).replaceAll(documented.audience, audience));
  }
  const missing = Object.keys(kinds).filter((name) => !verifiers[name]);
  if (missing.length > 0) throw new Error(`docs/verifiers.md has no block for ${missing}`);
  return { ...verifiers, haproxy: await inHaproxy({ issuer, audience }), envoy: await inEnvoy({ issuer, audience }) };
}

/** Resolves with the module of a block, which lies next to the packages that it imports. */
async function inNode(text, exported) {
  const file = fileURLToPath(new URL(`../node_modules/.verifier-${crypto.randomUUID()}.mjs`, import.meta.url));
  await writeFile(file, `${text}\nexport { ${exported} };\n`);
  try {
    return await import(pathToFileURL(file));
  } finally {
    await rm(file);
  }
}

async function inPython(text) {
  const folder = await mkdtemp(join(tmpdir(), "daemun-verifier-"));
  const file = join(folder, "block.py");
  await writeFile(file, text);
  const runner = fileURLToPath(new URL("../integrations/verifier.py", import.meta.url));
  const child = spawn("python3", [runner, file], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`the block in Python ended:\n${text}`);
    return value;
  };
  await next();
  const verify = async (token) => {
    child.stdin.write(`${token}\n`);
    const { claims, error } = JSON.parse(await next());
    if (error) throw Object.assign(new Error(error), { code: error });
    return claims;
  };
  const stop = async () => {
    child.stdin.end();
    await ended;
    await rm(folder, { recursive: true });
  };
  return { verify, stop };
}

/** HAProxy in front of an app, with the keys that the example's script writes. */
async function inHaproxy({ issuer, audience }) {
  const keys = await mkdtemp(join(tmpdir(), "daemun-keys-"));
  const script = fileURLToPath(new URL("integrations/haproxy/keys.mjs", examples));
  await promisify(execFile)(process.execPath, [script, `${issuer}/.well-known/jwks.json`, keys]);
  const { verify, stop } = await behind((app) =>
    startHaproxy("integrations/haproxy/haproxy.cfg", [
      ...[1, 2, 3, 4].map((key) => [`"/etc/haproxy/keys/${key}.pem"`, `"${keys}/${key}.pem"`]),
      [documented.issuer, issuer],
      [documented.audience, audience],
      ["app:3000", `127.0.0.1:${app.port}`],
    ]),
  );
  return { verify, stop: () => stop().then(() => rm(keys, { recursive: true })) };
}

/** Envoy in front of an app. It gets the JWKS itself. */
function inEnvoy({ issuer, audience }) {
  return behind((app) =>
    startEnvoy("integrations/envoy/jwt.yaml", [
      [`issuer: ${documented.issuer}`, `issuer: ${issuer}`],
      [`uri: "${documented.issuer}`, `uri: "${issuer}`],
      [documented.audience, audience],
      ["address: daemun, port_value: 8080", `address: 127.0.0.1, port_value: ${new URL(issuer).port}`],
      ["address: app, port_value: 3000", `address: 127.0.0.1, port_value: ${app.port}`],
    ]),
  );
}

/** A verifying proxy in front of an app, which returns the header that the proxy sets. */
async function behind(start) {
  // Many frameworks read both names as one.
  const sub = ({ headers }) => headers["x_auth_user_id"] ?? headers["x-auth-user-id"];
  const app = createServer((request, response) => response.end(JSON.stringify({ sub: sub(request) })));
  await once(app.listen(0, "127.0.0.1"), "listening");
  const proxy = await start(app.address());
  // A client that names an account itself does not reach the app with that name.
  const verify = (token) => claimsFrom(proxy.url, token, { "X-Auth-User-Id": "forged", "X_Auth_User_Id": "forged" });
  const stop = async () => {
    await proxy.stop();
    app.close();
    app.closeAllConnections();
  };
  return { verify, stop };
}

async function claimsFrom(url, token, headers = {}) {
  const { status, text } = await send(url, { headers: { ...headers, ...bearer(token) } });
  if (status !== 200) throw Object.assign(new Error(`status ${status}`), { code: status });
  return JSON.parse(text);
}
