// The forms and the logout button. The browser calls daemun itself: passwords do not pass through Express's handlers.

import { Daemun, DaemunError } from "daemun-client";

const daemun = new Daemun({ baseUrl: "/auth", transport: "cookie" });

onSubmit("sign-up", async ({ username, email, password }) => {
  const result = await daemun.signUp({ username, email, password });
  if (result.status === "logged_in") location.assign("/");
  else document.querySelector("main").textContent = "Open the link in the mail that we sent you. Then log in.";
});

onSubmit("log-in", async ({ identifier, password }) => {
  const result = await daemun.logIn({ identifier, password });
  if (result.status === "second_factor_required") {
    const code = prompt("Code of your authenticator app");
    await daemun.completeLogIn({ challenge: result.challenge, code });
  }
  location.assign("/");
});

document.getElementById("log-out")?.addEventListener("click", async () => {
  await daemun.logOut();
  location.reload();
});

/** Calls `send` with the values of the form. Shows rejected fields below their inputs, and any other error above the button. */
function onSubmit(id, send) {
  const form = document.getElementById(id);
  if (!form) return;
  const button = form.querySelector("button");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    showErrors(form, []);
    button.disabled = true;
    try {
      await send(Object.fromEntries(new FormData(form)));
    } catch (error) {
      if (error instanceof DaemunError) showErrors(form, error.errors, error.message);
      else showErrors(form, [], "The login service is unreachable. Please try again.");
    } finally {
      button.disabled = false;
    }
  });
  // Until now the browser would have sent the form itself, with the password in the URL.
  button.disabled = false;
}

function showErrors(form, errors, otherwise = "") {
  for (const input of form.querySelectorAll("input")) {
    const messages = errors.filter(({ field }) => field === input.name).map(({ message }) => message);
    input.setAttribute("aria-invalid", String(messages.length > 0));
    document.getElementById(`${input.name}-error`).textContent = messages.join(" ");
  }
  form.querySelector("[role=alert]").textContent = errors.length > 0 ? "" : otherwise;
}
