// Receives webhooks, verifies their signatures and prints each event once. The first line is its address.

import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.DAEMUN_WEBHOOK_SECRET);
const seen = new Set(); // In production, a table with a unique column.

const server = createServer(async (request, response) => {
  const body = (await request.toArray()).join("");
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
});
server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
