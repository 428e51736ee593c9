// Creates a test's own PostgreSQL schema on the server that `TEST_POSTGRES_URL` names.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The reason to skip tests that need a server, or false. */
export const withoutServer = process.env.TEST_POSTGRES_URL ? false : "TEST_POSTGRES_URL names no PostgreSQL";

/** Creates an empty schema. Resolves with a URL whose search path is that schema. `stop()` drops it. */
export async function startSchema() {
  const server = process.env.TEST_POSTGRES_URL;
  const name = `daemun_test_${crypto.randomUUID().replaceAll("-", "")}`;
  const run = (statement) =>
    promisify(execFile)("psql", ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", `--dbname=${server}`, `--command=${statement}`]);
  await run(`CREATE SCHEMA ${name}`);
  const url = `${server}${server.includes("?") ? "&" : "?"}options=-csearch_path%3D${name}`;
  return { url, stop: () => run(`SET client_min_messages = warning; DROP SCHEMA ${name} CASCADE`) };
}
