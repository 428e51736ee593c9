// Tests of the admin client in Node, against the admin listener at ADMIN_URL with the key ADMIN_KEY.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createAdminClient, type AdminUser, type NewUser } from "../src/admin/index.js";

const { ADMIN_URL: baseUrl, ADMIN_KEY: key } = process.env;
assert.ok(baseUrl && key, "ADMIN_URL and ADMIN_KEY must be set");
const admin = createAdminClient({ baseUrl, key });
const body: NewUser = {
  username: "Seojun", email: "seojun@example.com", password: "Correct-Horse-7-battery", external_id: "crm-7",
};

test("creates, finds, changes and deletes a user", async () => {
  const { data: created } = await admin.POST("/admin/users", { body });
  assert.ok(created);
  const { data: found } = await admin.GET("/admin/users", { params: { query: { external_id: "crm-7" } } });
  assert.deepEqual(found, { users: [created], next_cursor: null });
  const params = { path: { id: created.id } };
  const change = { roles: ["editor"], external_id: null };
  const { data: changed } = await admin.PATCH("/admin/users/{id}", { params, body: change });
  const expected: AdminUser = { ...created, roles: ["editor"], external_id: null, updated_at: changed?.updated_at ?? "" };
  assert.deepEqual(changed, expected);
  assert.equal((await admin.DELETE("/admin/users/{id}", { params })).response.status, 204);
  const { error } = await admin.GET("/admin/users/{id}", { params });
  assert.equal(error?.code, "user_not_found");
});

test("another key is refused with a typed problem", async () => {
  const stranger = createAdminClient({ baseUrl, key: "dmk_none" });
  const { data, error } = await stranger.GET("/admin/users");
  assert.equal(data, undefined);
  assert.equal(error?.code, "service_key_invalid");
});
