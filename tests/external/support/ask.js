// One request with exactly these headers, which `fetch` would not send as they are.

import { request } from "node:http";

/** Resolves with the status, the headers, and the body as text and, where it is JSON, as a value. */
export function ask(url, { method = "GET", headers = {}, body = "" } = {}) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false, path: pathOf(url) }, async (answer) => {
      const text = (await answer.toArray()).join("");
      const json = /\bjson\b/.test(answer.headers["content-type"] ?? "") && text ? JSON.parse(text) : undefined;
      resolve({ status: answer.statusCode, headers: answer.headers, text, json });
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

/** As it is written: `URL` would resolve the dots. */
function pathOf(url) {
  return url.slice(new URL(url).origin.length) || "/";
}

/** Signs up and resolves with the user, the session, its token and its cookie, which both stand for the session. */
export async function signUp(url, username) {
  const account = { username, email: `${crypto.randomUUID()}@example.com`, password: "Correct-Horse-7-battery", transport: "cookie" };
  const headers = { "Content-Type": "application/json" };
  const { status, headers: answered, json, text } = await ask(`${url}/signup`, { method: "POST", headers, body: JSON.stringify(account) });
  if (status !== 201) throw new Error(`sign-up answered ${status}: ${text}`);
  const cookie = answered["set-cookie"][0].split(";")[0];
  return { ...json, cookie, token: cookie.split("=")[1] };
}
