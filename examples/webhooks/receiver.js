// Receives webhooks, verifies their signature and prints each event once.

import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.DAEMUN_WEBHOOK_SECRET);
const seen = new Set(); // Use a table with a unique column instead.

const server = createServer(async (request, response) => {
  let body = "";
  request.setEncoding("utf8");
  for await (const chunk of request) body += chunk;
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
server.listen(process.env.PORT ?? 3000, "127.0.0.1");
