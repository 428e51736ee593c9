// Calls of daemun by the server, for the user whose request it renders.

const daemun = process.env.DAEMUN ?? "http://127.0.0.1:8080";

/** Sends a request with the user's cookie and address. */
export function call(path: string, headers: Headers, method = "GET"): Promise<Response> {
  const forwarded = new Headers({ cookie: headers.get("cookie") ?? "" });
  // Without it, daemun sees one client: this server, whose limits all users would share.
  const address = headers.get("x-forwarded-for");
  if (address) forwarded.set("x-forwarded-for", address);
  return fetch(`${daemun}/auth${path}`, { method, headers: forwarded, cache: "no-store", signal: AbortSignal.timeout(5_000) });
}
