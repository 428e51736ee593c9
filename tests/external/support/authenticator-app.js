// An authenticator app: oathtool.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Returns the code of a key at a time step: 0 is the present one. Each code works once. */
export async function codeOf(key, step = 0) {
  const at = new Date(Date.now() + step * 30_000).toISOString();
  const { stdout } = await promisify(execFile)("oathtool", ["--totp", "--base32", `--now=${at}`, key.replaceAll(" ", "")]);
  return stdout.trim();
}
