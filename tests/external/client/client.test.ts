// Uses a client whose types are generated from the OpenAPI document, as the author of an app would.

import assert from "node:assert/strict";
import { test } from "node:test";

import createClient from "openapi-fetch";

import type { components, paths } from "./built/api.js";

const baseUrl = process.env["SERVICE_URL"];
assert.ok(baseUrl, "SERVICE_URL names the service");
const visitor = createClient<paths>({ baseUrl });
const account = { username: "Minji", email: "minji@example.com", password: "Correct-Horse-7-battery" };

test("signs up, is authenticated, and is not after the logout", async () => {
  const { data: signedUp, response } = await visitor.POST("/signup", {
    body: account,
    params: { header: { "Idempotency-Key": crypto.randomUUID() } },
  });
  assert.equal(response.status, 201);
  assert.ok(signedUp && "session" in signedUp, "the account exists at once if verification is not required");
  const user: components["schemas"]["User"] = signedUp.user;
  assert.equal(user.username, account.username);
  const member = as(signedUp.session.token);

  const { data: me } = await member.GET("/me");
  assert.deepEqual(me, user);
  const { data: list } = await member.GET("/sessions");
  assert.deepEqual(list?.sessions.map(({ id, current }) => ({ id, current })), [{ id: signedUp.session.id, current: true }]);

  assert.equal((await member.POST("/logout")).response.status, 204);
  const { data: none, error: problem } = await member.GET("/me");
  assert.equal(none, undefined);
  assert.equal(problem?.code, "not_authenticated");
});

test("logs in with each identifier of an account, changes the account and deletes it", async () => {
  const { password } = account;
  const identifiers = [account.email, account.username, account.email.toUpperCase()];
  const logIns = await Promise.all(identifiers.map((identifier) => visitor.POST("/login", { body: { identifier, password } })));
  const tokens = logIns.map(({ data }) => data?.session.token);
  const [member, other] = [as(tokens[0]), as(tokens[1])];
  assert.equal((await other.GET("/me")).data?.username, "Minji");

  assert.equal((await member.PATCH("/me", { body: { username: "민지" } })).data?.username, "민지");
  const change = { current_password: password, new_password: "nine lanterns over the gate" };
  assert.equal((await member.PUT("/me/password", { body: change })).response.status, 204);
  assert.equal((await other.GET("/me")).error?.code, "not_authenticated", "every other session is revoked");

  const { error: rejected } = await member.POST("/me/confirm", { body: { password } });
  assert.equal(rejected?.code, "current_password_wrong");
  await member.POST("/me/confirm", { body: { password: change.new_password } });
  const { response } = await member.DELETE("/me");
  assert.equal(response.status, 204);
  const { error: gone } = await visitor.POST("/login", { body: { identifier: "민지", password: change.new_password } });
  assert.equal(gone?.code, "invalid_credentials");
});

test("finds every rejected field in the problem document", async () => {
  const { error } = await visitor.POST("/signup", { body: { username: "a", email: "invalid", password: "short" } });
  assert.equal(error?.status, 422);
  const fields = error?.errors?.map(({ field }) => field).toSorted();
  assert.deepEqual(fields, ["email", "password", "username"]);
});

test("the compiler distinguishes a verified user from a new session", () => {
  type Verified = components["schemas"]["VerifiedEmail"];
  const userOf = (verified: Verified): components["schemas"]["User"] => ("session" in verified ? verified.user : verified);
  // @ts-expect-error the response may be a session
  const wrong = (verified: Verified): components["schemas"]["User"] => verified;
  assert.equal(typeof userOf, typeof wrong);
});

test("the compiler rejects what the service would reject", () => {
  type LogIn = components["schemas"]["LogIn"];
  // @ts-expect-error the identifier is missing
  const nameless: LogIn = { password: "x" };
  // @ts-expect-error no such transport
  const carried: LogIn = { identifier: "x", password: "x", transport: "header" };
  // @ts-expect-error requests reject unknown fields
  const unknown: components["schemas"]["SignUp"] = { ...account, role: "admin" };
  // The request of the README: optional fields may be left out.
  const readme: components["schemas"]["SignUp"] = { ...account, transport: "cookie" };
  assert.ok(nameless && carried && unknown && readme);
});

function as(token: string | undefined) {
  assert.ok(token, "the token transport is the default");
  return createClient<paths>({ baseUrl: baseUrl!, headers: { Authorization: `Bearer ${token}` } });
}
