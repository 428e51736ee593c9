import { daemun, onSubmit } from "/auth.js";

onSubmit(document.querySelector("form"), async ({ identifier, password }) => {
  const result = await daemun.logIn({ identifier, password });
  if (result.status === "second_factor_required") {
    const code = prompt("Code of your authenticator app");
    await daemun.completeLogIn({ challenge: result.challenge, code });
  }
  location.assign("/");
});
