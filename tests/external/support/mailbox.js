// Reads the folder into which a service delivers its mail, one file per message.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** The time that a message may take on a busy machine, in milliseconds. */
const timeout = 15_000;

/** Returns a function that reads each message of a folder once. */
export function mailbox(folder) {
  const taken = new Set();

  /** Resolves with the next message, to this address if one is given: its plain text, its code and its link. */
  return async function mailTo(address) {
    for (const end = Date.now() + timeout; Date.now() < end; await pause(50)) {
      const names = await readdir(folder).catch(() => []);
      for (const name of names.filter((name) => name.endsWith(".eml") && !taken.has(name)).sort()) {
        const message = await readFile(join(folder, name), "utf8");
        if (address && !message.split("\r\n").includes(`To: ${address}`)) continue;
        taken.add(name);
        return read(message);
      }
    }
    throw new Error(`no mail to ${address ?? "anyone"}`);
  };
}

function read(message) {
  const [, boundary] = /boundary="([^"]+)"/.exec(message);
  const plain = message.split(`--${boundary}`).find((part) => part.includes("text/plain"));
  const [head, ...body] = plain.split("\r\n\r\n");
  const text = decoded(body.join("\r\n\r\n"), /Content-Transfer-Encoding: (\S+)/.exec(head)[1]);
  return { text, code: /\b\d{6}\b/.exec(text)?.[0], link: /https?:\S+#(token|invitation)=\S+/.exec(text)?.[0] };
}

function decoded(body, encoding) {
  if (encoding === "base64") return Buffer.from(body, "base64").toString();
  if (encoding !== "quoted-printable") return body;
  const bytes = body.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString();
}
