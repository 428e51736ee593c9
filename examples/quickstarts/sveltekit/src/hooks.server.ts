import { env } from "$env/dynamic/private";
import type { CurrentSession } from "daemun-client";
import type { Handle } from "@sveltejs/kit";

const daemun = env.DAEMUN ?? "http://127.0.0.1:8080";

/** Sets the user of each request. daemun reads the session cookie, so a logout takes effect at once. */
export const handle: Handle = async ({ event, resolve }) => {
  const cookie = event.request.headers.get("cookie");
  event.locals.user = cookie ? await currentUser(cookie, event.getClientAddress()) : null;
  return resolve(event);
};

async function currentUser(cookie: string, address: string) {
  // Without the header, daemun sees one client: this server, whose limits all users would share.
  const headers = { cookie, "x-forwarded-for": address };
  const response = await fetch(`${daemun}/auth/session`, { headers, signal: AbortSignal.timeout(5_000) });
  if (!response.ok) throw new Error(`daemun responded with ${response.status}`);
  const { user }: CurrentSession = await response.json();
  return user;
}
