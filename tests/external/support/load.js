// Load of the kinds that the dashboard shows: signups, logins, reads, wrong passwords and requests without a route.

import { setTimeout as pause } from "node:timers/promises";

const password = "Correct-Horse-7-battery";

/**
 * Sends requests until `seconds` are over. `clients` each send one request at a time, with `rest` milliseconds between two.
 * `failures` is the share of logins with a wrong password. One login in ten is preceded by a signup.
 */
export async function load(url, seconds, { clients, rest = 0, failures = 0.1 }) {
  const end = Date.now() + seconds * 1_000;
  await Promise.all(Array.from({ length: clients }, () => client(url, end, { rest, failures })));
}

async function client(url, end, { rest, failures }) {
  let name = await signUp(url);
  while (Date.now() < end) {
    if (Math.random() < 0.1) name = await signUp(url);
    const isWrong = Math.random() < failures;
    const identifier = isWrong ? `unknown-${name}` : name;
    const response = await post(`${url}/login`, { identifier, password });
    const { session } = response.ok ? await response.json() : {};
    if (session) {
      const headers = { authorization: `Bearer ${session.token}` };
      for (const path of ["/me", "/sessions", "/me", "/nowhere"]) await (await fetch(url + path, { headers })).text();
      await fetch(`${url}/logout`, { method: "POST", headers });
    }
    await pause(rest);
  }
}

async function signUp(url) {
  const name = `user${crypto.randomUUID().slice(0, 8)}`;
  await post(`${url}/signup`, { username: name, email: `${name}@example.com`, password });
  return name;
}

function post(url, body) {
  return fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}
