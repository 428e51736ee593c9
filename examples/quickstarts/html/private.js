// Only users see this page. The check is for the visitor's convenience: data must be protected by the API that returns it.

import { daemun } from "/auth.js";

const { user } = await daemun.session();
if (user) {
  document.querySelector("h1").hidden = false;
  document.getElementById("greeting").textContent = `Your email is ${user.email}.`;
} else {
  location.replace("/login.html");
}
