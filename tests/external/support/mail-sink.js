// A mail server that accepts every message and keeps none.

import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";

const replies = { EHLO: "250 sink", MAIL: "250 ok", RCPT: "250 ok", DATA: "354 go on", RSET: "250 ok", NOOP: "250 ok", QUIT: "221 bye" };

/** Starts the server on `port`, by default a free one. `stop()` closes it and its connections. */
export async function startMailSink(port = 0) {
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
    socket.write("220 sink\r\n");
    let isData = false;
    createInterface({ input: socket }).on("line", (line) => {
      if (isData && line !== ".") return;
      const command = line.slice(0, 4).toUpperCase();
      socket.write(`${isData ? "250 ok" : (replies[command] ?? "502 unknown")}\r\n`);
      isData = !isData && command === "DATA";
    });
  }).listen(port, "127.0.0.1");
  await once(server, "listening");

  async function stop() {
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, "close");
  }
  return { port: server.address().port, stop };
}
