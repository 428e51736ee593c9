// A PostgreSQL schema of the test's own on the server that `TEST_POSTGRES_URL` names.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Why tests that need a server are skipped, or false. */
export const withoutServer = process.env.TEST_POSTGRES_URL ? false : "TEST_POSTGRES_URL names no PostgreSQL";

/** Makes an empty schema; resolves with the URL that has it alone in sight. `stop()` drops it. */
export async function startSchema() {
  const server = process.env.TEST_POSTGRES_URL;
  const name = `daemun_judge_${crypto.randomUUID().replaceAll("-", "")}`;
  const run = (statement) =>
    promisify(execFile)("psql", ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", `--dbname=${server}`, `--command=${statement}`]);
  await run(`CREATE SCHEMA ${name}`);
  const url = `${server}${server.includes("?") ? "&" : "?"}options=-csearch_path%3D${name}`;
  return { url, stop: () => run(`SET client_min_messages = warning; DROP SCHEMA ${name} CASCADE`) };
}
