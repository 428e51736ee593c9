import "server-only";

import type { CurrentSession, User } from "daemun-client";
import { headers } from "next/headers";
import { cache } from "react";

import { call } from "./daemun";

/** Returns the user of the request, or `null`. Asks daemun once for each request, so a logout takes effect at once. */
export const currentUser = cache(async (): Promise<User | null> => {
  const received = await headers();
  if (!received.has("cookie")) return null;
  const response = await call("/session", received);
  if (!response.ok) throw new Error(`daemun responded with ${response.status}`);
  const { user }: CurrentSession = await response.json();
  return user;
});
