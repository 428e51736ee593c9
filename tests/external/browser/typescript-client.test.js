// The TypeScript client in Chromium: on a page of another port of the same site, with the cookie and with a token.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { startBrowser } from "../support/browser.js";
import { startService, stopAll } from "../support/service.js";

const client = new URL("../../../clients/typescript/", import.meta.url);
const page = `<!doctype html><script type="importmap">{"imports":{"daemun-client":"/dist/index.js","openapi-fetch":"/node_modules/openapi-fetch/dist/index.mjs"}}</script>`;

let files, service, browser;
before(async () => {
  files = await startFiles();
  service = await startService({ DAEMUN_CORS_ORIGINS: files.url, DAEMUN_UNSAFE_FAST_HASHES: "true", DAEMUN_BCRYPT_COST: "4", DAEMUN_CAPTCHA: "off" });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await stopAll(service, files);
});

for (const transport of ["cookie", "token"]) {
  test(`signs up, is recognised after a reload, and logs out: ${transport}`, async () => {
    const context = await browser.newContext();
    const tab = await context.newPage();
    await tab.goto(files.url);
    const account = { username: `Minji.${transport}`, email: `${transport}@example.com`, password: "Correct-Horse-7-battery" };
    const options = { baseUrl: service.url.replace("127.0.0.1", "localhost"), transport };

    const saved = await tab.evaluate(async ({ account, options }) => {
      const { Daemun } = await import("daemun-client");
      const daemun = new Daemun(options);
      await daemun.signUp(account);
      return daemun.token;
    }, { account, options });
    assert.equal(typeof saved, transport === "token" ? "string" : "undefined", "no script sees the cookie's token");
    const names = (await context.cookies()).map(({ name }) => name).toSorted();
    assert.deepEqual(names, transport === "cookie" ? ["__Host-daemun", "__Host-daemun-device"] : []);

    await tab.reload();
    const seen = await tab.evaluate(async (options) => {
      const { Daemun, Refusal } = await import("daemun-client");
      const daemun = new Daemun(options);
      const { username } = await daemun.me();
      const parts = (await daemun.accessToken()).split(".").length;
      const taken = await daemun.signUp({ username, email: "new@example.com", password: "Correct-Horse-7-battery" }).catch((error) => error);
      await daemun.logOut();
      const nobody = await daemun.me().catch((error) => error);
      return { username, parts, isRefusal: taken instanceof Refusal, taken: taken.code, nobody: nobody.code };
    }, { ...options, token: saved });
    assert.deepEqual(seen, { username: account.username, parts: 3, isRefusal: true, taken: "username_taken", nobody: "not_authenticated" });
    await context.close();
  });
}

/** A page on `localhost`, and beside it the client as it is published with what it stands on. */
async function startFiles() {
  const server = createServer(async ({ url }, response) => {
    if (!/^\/(dist|node_modules\/openapi-fetch\/dist)\/[\w.-]+\.m?js$/.test(url)) {
      return response.writeHead(200, { "Content-Type": "text/html" }).end(page);
    }
    // A script that is not there has to be told of: the page would wait for it for ever.
    const script = await readFile(new URL(`.${url}`, client)).catch(() => undefined);
    response.writeHead(script ? 200 : 404, { "Content-Type": "text/javascript" }).end(script);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  async function stop() {
    server.closeAllConnections();
    server.close();
  }
  return { url: `http://localhost:${server.address().port}`, stop };
}
