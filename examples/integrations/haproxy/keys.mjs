// Writes the public keys of the JWKS as PEM files for HAProxy:
//   node keys.mjs https://app.example.com/auth/.well-known/jwks.json /etc/haproxy/keys
// Run it every five minutes, and reload HAProxy after a run that prints a file. A new key is in the JWKS for fifteen minutes before it signs.
import { createPublicKey } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

const [url, folder] = process.argv.slice(2);
const response = await fetch(url);
if (!response.ok) throw new Error(`${url} returned ${response.status}`);
const { keys } = await response.json();
// The youngest key comes first. While there is one key only, both files hold it.
for (const [name, key] of Object.entries({ "1.pem": keys[0], "2.pem": keys[1] ?? keys[0] })) {
  const file = join(folder, name);
  const pem = createPublicKey({ key, format: "jwk" }).export({ type: "spki", format: "pem" });
  if (pem === (await readFile(file, "utf8").catch(() => ""))) continue;
  await writeFile(`${file}.new`, pem);
  await rename(`${file}.new`, file);
  console.log(file);
}
