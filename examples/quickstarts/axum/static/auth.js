// The client of daemun, and the handling of a form that sends to it.

import { Daemun, DaemunError } from "daemun-client";

export const daemun = new Daemun({ baseUrl: "http://localhost:8080", transport: "cookie" });

/** Calls `send` with the values of the form. Shows rejected fields below their inputs, and any other error above the button. */
export function onSubmit(form, send) {
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
