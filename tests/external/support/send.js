// Sends one request with exactly the given headers, some of which `fetch` would change.

import { request } from "node:http";

/** Resolves with the status, the headers, and the body as text and, if it is JSON, as a value. */
export function send(url, { method = "GET", headers = {}, body = "" } = {}) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false, path: pathOf(url) }, async (response) => {
      const text = (await response.toArray()).join("");
      const json = /\bjson\b/.test(response.headers["content-type"] ?? "") && text ? JSON.parse(text) : undefined;
      resolve({ status: response.statusCode, headers: response.headers, text, json });
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

/** Returns the path as written. `URL` would resolve its dots. */
function pathOf(url) {
  return url.slice(new URL(url).origin.length) || "/";
}

/** Signs up. Resolves with the user, the session and its credentials, as a token and as a cookie. */
export async function signUp(url, username) {
  const account = { username, email: `${crypto.randomUUID()}@example.com`, password: "Correct-Horse-7-battery", transport: "cookie" };
  const headers = { "Content-Type": "application/json" };
  const { status, headers: received, json, text } = await send(`${url}/signup`, { method: "POST", headers, body: JSON.stringify(account) });
  if (status !== 201) throw new Error(`signup returned ${status}: ${text}`);
  const cookie = received["set-cookie"][0].split(";")[0];
  return { ...json, cookie, token: cookie.split("=")[1] };
}
