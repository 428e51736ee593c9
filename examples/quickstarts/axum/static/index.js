import { daemun } from "/auth.js";

const button = document.getElementById("log-out");
button.addEventListener("click", async () => {
  await daemun.logOut();
  await show();
});

async function show() {
  const { user } = await daemun.session();
  document.querySelector("h1").textContent = user ? `Hello, ${user.username}` : "You are not logged in";
  button.hidden = !user;
}

await show();
