// A reverse proxy that strips a path, which no setting of the service names.

import { once } from "node:events";
import { createServer, request } from "node:http";

/** Starts the proxy. Resolves with its origin; everything outside the path is 404. */
export async function startStrippingProxy(upstream, path) {
  const server = createServer((incoming, outgoing) => {
    if (!incoming.url.startsWith(`${path}/`)) return outgoing.writeHead(404).end();
    const { method, headers } = incoming;
    const forwarded = request(upstream + incoming.url.slice(path.length), { method, headers }, (response) => {
      outgoing.writeHead(response.statusCode, response.headers);
      response.pipe(outgoing);
    });
    forwarded.on("error", (error) => outgoing.destroy(error));
    incoming.pipe(forwarded);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  async function stop() {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  }
  return { url: `http://localhost:${server.address().port}`, stop };
}
