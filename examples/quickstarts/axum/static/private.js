// Only users see this page. Its data is protected by the API, which introspects the token.

import { daemun } from "/auth.js";

const { user } = await daemun.session();
if (user) await show(user);
else location.replace("/login.html");

async function show({ email }) {
  const headers = { Authorization: `Bearer ${await daemun.accessToken()}` };
  const response = await fetch("/api/members", { headers });
  if (!response.ok) throw new Error(`the API responded with ${response.status}`);
  const { user_id } = await response.json();
  document.querySelector("h1").hidden = false;
  document.getElementById("greeting").textContent = `Your email is ${email}. The API knows you as ${user_id}.`;
}
