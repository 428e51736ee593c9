import { createRemoteJWKSet, jwtVerify } from "jose";

import { call } from "./daemun";

export const ACCESS_COOKIE = "access_token";

const daemun = process.env.DAEMUN ?? "http://127.0.0.1:8080";
const issuer = process.env.ISSUER ?? "http://localhost:3000/auth";
const keys = createRemoteJWKSet(new URL(`${daemun}/auth/.well-known/jwks.json`), { cacheMaxAge: 300_000 });
const rules = { issuer, audience: issuer, algorithms: ["ES256"], typ: "at+jwt", requiredClaims: ["exp", "sub", "sid"] };

/** Returns whether the token is valid. Fetches the keys once in five minutes; no other request is sent. */
export async function isValid(token: string): Promise<boolean> {
  return jwtVerify(token, keys, rules).then(() => true, () => false);
}

/** Exchanges the session of a request for an access token. Returns `undefined` without a session. */
export async function exchange(headers: Headers): Promise<{ access_token: string; expires_in: number } | undefined> {
  if (!headers.has("cookie")) return undefined;
  const response = await call("/token", headers, "POST");
  if (response.status === 401) return undefined;
  if (!response.ok) throw new Error(`daemun responded with ${response.status}`);
  return response.json();
}
