// Typed calls of daemun's admin API, for your servers. `schema.ts` is generated from the OpenAPI
// document of the admin listener.

import createClient, { type Client } from "openapi-fetch";

import type { components, paths } from "./schema.js";

export type { components, paths } from "./schema.js";

type Schemas = components["schemas"];

export type AdminUser = Schemas["AdminUser"];
export type AdminUserChange = Schemas["AdminUserChange"];
export type NewUser = Schemas["NewUser"];
export type UserSession = Schemas["UserSession"];
export type Event = Schemas["Event"];
export type Invitation = Schemas["Invitation"];
export type NewInvitation = Schemas["NewInvitation"];
export type Problem = Schemas["Problem"];

export interface AdminOptions {
  /** The URL of the admin listener. */
  baseUrl: string;
  /** A service key from `daemun key create`. Keep it on your servers. */
  key: string;
  /** A replacement for the platform's `fetch`. */
  fetch?: (request: Request) => Promise<Response>;
}

/**
 * Returns every operation of the admin API by path and method. A response that is not a success is
 * the `error` of the result, a `Problem`.
 */
export function createAdminClient({ baseUrl, key, fetch }: AdminOptions): Client<paths> {
  const headers = { Authorization: `Bearer ${key}` };
  return createClient<paths>({ baseUrl, headers, ...(fetch && { fetch }) });
}
