// Uses a client that @hey-api/openapi-ts generates.

import assert from "node:assert/strict";
import { test } from "node:test";

import { client } from "./built/hey-api/client.gen.js";
import { getMe, logIn, signUp } from "./built/hey-api/sdk.gen.js";

const baseUrl = process.env["SERVICE_URL"];
assert.ok(baseUrl, "SERVICE_URL names the service");
client.setConfig({ baseUrl });

test("signs up and logs in: @hey-api/openapi-ts", async () => {
  const account = { username: "Hana", email: "hana@example.com", password: "Correct-Horse-7-battery" };
  const { data: signedUp } = await signUp({ body: account });
  assert.ok(signedUp && "session" in signedUp);
  const { data: loggedIn } = await logIn({ body: { identifier: account.email, password: account.password } });
  assert.ok(loggedIn?.session.token);
  const { data: me } = await getMe({ auth: loggedIn.session.token });
  assert.deepEqual(me, signedUp.user);
});
