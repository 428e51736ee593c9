import { daemun, onSubmit } from "/auth.js";

onSubmit(document.querySelector("form"), async ({ username, email, password }) => {
  const result = await daemun.signUp({ username, email, password });
  if (result.status === "logged_in") location.assign("/");
  else document.querySelector("main").textContent = "Open the link in the mail that we sent you. Then log in.";
});
