// Receives webhooks, verifies their signatures and prints each event once. The first line is its address.

import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const MOST_BYTES = 64 * 1024;
const webhook = new Webhook(process.env.DAEMUN_WEBHOOK_SECRET);
const seen = new Set(); // In production, a table with a unique column.

/** Returns the body, or nothing if it is too large. */
async function readBody(request) {
  const pieces = [];
  let bytes = 0;
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    bytes += piece.length;
    if (bytes > MOST_BYTES) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

async function receive(request, response) {
  const body = await readBody(request);
  if (body === undefined) return response.writeHead(413, { connection: "close" }).end();
  let event;
  try {
    event = webhook.verify(body, request.headers);
  } catch {
    return response.writeHead(401).end();
  }
  if (!seen.has(event.data.id)) {
    seen.add(event.data.id);
    console.log(event.type, event.data.user_id);
  }
  response.writeHead(204).end();
}

const server = createServer((request, response) => {
  // A client that disconnects ends its own request alone.
  receive(request, response).catch(() => response.destroy());
});
server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
