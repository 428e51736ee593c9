// Serves a page on another port than the service's, with the published TypeScript client and its dependency.

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const client = new URL("../../../clients/typescript/", import.meta.url);
const page = `<!doctype html><script type="importmap">{"imports":{"daemun-client":"/dist/index.js","openapi-fetch":"/node_modules/openapi-fetch/dist/index.mjs"}}</script>`;

/** Serves the files on loopback. `url` contains `host`. */
export async function startClientFiles(host) {
  const server = createServer(async ({ url }, response) => {
    if (!/^\/(dist|node_modules\/openapi-fetch\/dist)\/[\w.-]+\.m?js$/.test(url)) {
      return response.writeHead(200, { "Content-Type": "text/html" }).end(page);
    }
    // A missing script needs a response, or the page would wait for it for ever.
    const script = await readFile(new URL(`.${url}`, client)).catch(() => undefined);
    response.writeHead(script ? 200 : 404, { "Content-Type": "text/javascript" }).end(script);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  async function stop() {
    server.closeAllConnections();
    server.close();
  }
  return { url: `http://${host}:${server.address().port}`, stop };
}
