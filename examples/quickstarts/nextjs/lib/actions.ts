"use server";

import { cookies } from "next/headers";

import { ACCESS_COOKIE } from "./access-token";

/** Deletes the access token of the earlier session. Call it after every login and logout. */
export async function forgetAccessToken() {
  (await cookies()).delete(ACCESS_COOKIE);
}
