// Uses a client that orval generates.

import assert from "node:assert/strict";
import { test } from "node:test";

import axios from "axios";

import { getMe, logIn, signUp } from "./built/orval.js";

const baseURL = process.env["SERVICE_URL"];
assert.ok(baseURL, "SERVICE_URL names the service");
axios.defaults.baseURL = baseURL;

test("signs up and logs in: orval", async () => {
  const account = { username: "Orla", email: "orla@example.com", password: "Correct-Horse-7-battery" };
  const { data: signedUp } = await signUp(account);
  assert.ok("session" in signedUp);
  const { data: loggedIn } = await logIn({ identifier: account.email, password: account.password });
  const { data: me } = await getMe({ headers: { Authorization: `Bearer ${loggedIn.session.token}` } });
  assert.deepEqual(me, signedUp.user);
});
