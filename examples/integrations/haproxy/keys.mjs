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
// The youngest key comes first. A rotation by hand beside one that was due leaves three or four. Spare files hold the last key.
for (const number of [1, 2, 3, 4]) {
  const key = keys[number - 1] ?? keys.at(-1);
  const file = join(folder, `${number}.pem`);
  const pem = createPublicKey({ key, format: "jwk" }).export({ type: "spki", format: "pem" });
  if (pem === (await readFile(file, "utf8").catch(() => ""))) continue;
  await writeFile(`${file}.new`, pem);
  await rename(`${file}.new`, file);
  console.log(file);
}
