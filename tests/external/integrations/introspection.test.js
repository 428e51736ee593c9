// Introspection by the OAuth 2.0 support of libraries: each authenticates by its own implementation of the methods.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import * as oauth from "oauth4webapi";

import { send, signUp } from "../support/send.js";
import { startService, stopAll } from "../support/service.js";

const run = promisify(execFile);
const name = "billing.eu-1_a";
const authlib = fileURLToPath(new URL("introspect.py", import.meta.url));

/** Introspects with oauth4webapi, which percent-encodes every special character of both parts of Basic. */
function byNode(authentication) {
  return async (url, key, token) => {
    const server = { issuer: url, introspection_endpoint: `${url}/introspect` };
    const client = { client_id: name };
    const options = { [oauth.allowInsecureRequests]: true };
    const response = await oauth.introspectionRequest(server, client, authentication(key), token, options);
    return response.status === 401 ? 401 : oauth.processIntrospectionResponse(server, client, response);
  };
}

/** Introspects with Authlib. */
function byPython(method) {
  return async (url, key, token) => {
    const { stdout } = await run("python3", [authlib, url, name, key, method, token]);
    return JSON.parse(stdout);
  };
}

const libraries = {
  "oauth4webapi, client_secret_basic": byNode(oauth.ClientSecretBasic),
  "oauth4webapi, client_secret_post": byNode(oauth.ClientSecretPost),
  "Authlib, client_secret_basic": byPython("client_secret_basic"),
  "Authlib, client_secret_post": byPython("client_secret_post"),
};

let service, minji, key, accessToken;
before(async () => {
  service = await startService({ DAEMUN_UNSAFE_FAST_HASHES: "true", DAEMUN_BCRYPT_COST: "4" });
  minji = await signUp(service.url, "minji");
  const { stdout } = await run(process.env.DAEMUN, ["key", "create", name], { cwd: service.folder });
  key = stdout.trim();
  const headers = { Authorization: `Bearer ${minji.token}` };
  accessToken = (await send(`${service.url}/token`, { method: "POST", headers })).json.access_token;
});
after(() => stopAll(service));

for (const [library, introspect] of Object.entries(libraries)) {
  describe(library, () => {
    test("gets the owner of each kind of token", async () => {
      for (const [use, token] of [["session", minji.token], ["access_token", accessToken]]) {
        const caller = await introspect(service.url, key, token);
        const { active, sub, sid, username, token_type, token_use, client_id, roles, metadata, amr } = caller;
        assert.deepEqual(
          { active, sub, sid, username, token_type, token_use, client_id, roles, metadata, amr },
          {
            active: true, sub: minji.user.id, sid: minji.session.id, username: "minji", token_type: "Bearer", token_use: use,
            client_id: "daemun", roles: [], metadata: {}, amr: ["pwd"],
          },
        );
        assert.ok(Number.isInteger(caller.auth_time) && caller.exp > caller.iat);
      }
    });

    test("gets active: false for a token that is not valid", async () => {
      for (const token of [`dms_${"A".repeat(43)}`, "a.b.c", `${accessToken}x`, "x&client_secret=y"]) {
        assert.deepEqual(await introspect(service.url, key, token), { active: false }, token);
      }
    });

    test("is rejected with a wrong key", async () => {
      assert.equal(await introspect(service.url, `dmk_${"A".repeat(43)}`, minji.token), 401);
    });
  });
}
