// The confirmation of a session: a dialog in which the user presents the password, and the second factor if there is one.

import { call, Problem } from "./api.js";
import { bind, clear } from "./form.js";
import { text } from "./texts.js";
import { hasPasskeys, usePasskey } from "./passkey.js";
import { byId, onClick } from "./view.js";

const dialog = byId("confirmation");
const form = byId("confirm");
let methods = [];
let settle;

/** Sends a request. If the service requires a confirmation, lets the user confirm and sends the request again. */
export async function withConfirmation(send) {
  try {
    return await send();
  } catch (problem) {
    if (problem.code !== "confirmation_required") throw problem;
    await confirm(problem.methods);
    return send();
  }
}

function confirm(offered) {
  methods = offered;
  clear(form, { values: true });
  choose(methods.includes("totp") ? "code" : methods.includes("recovery_code") && !canUsePasskey() ? "recovery_code" : null);
  byId("confirm-passkey").hidden = !canUsePasskey();
  dialog.showModal();
  return new Promise((resolve, reject) => {
    settle = { resolve, reject };
  });
}

const canUsePasskey = () => methods.includes("passkey") && hasPasskeys();

/** Shows the input of one kind of code, or none of them. */
function choose(kind) {
  for (const name of ["code", "recovery_code"]) {
    const input = form.elements[name];
    input.required = name === kind;
    if (name !== kind) input.value = "";
    input.closest(".field").hidden = name !== kind;
  }
  // With a second factor, the password alone confirms nothing.
  const isPasswordUsed = kind !== null || methods.includes("password");
  for (const part of form.querySelectorAll("[data-by-password]")) part.hidden = !isPasswordUsed;
  form.elements.password.required = isPasswordUsed;
  byId("confirm-passkey").classList.toggle("strong", !isPasswordUsed);
  const other = ["code", "recovery_code"].find((name) => name !== kind && methods.includes(name === "code" ? "totp" : name));
  byId("confirm-other").hidden = other === undefined;
  byId("confirm-other").dataset.text = other === "code" ? "useCode" : "useRecoveryCode";
  byId("confirm-other").textContent = text(byId("confirm-other").dataset.text);
  byId("confirm-other").value = other ?? "";
}

onClick(byId("confirm-other"), async () => choose(byId("confirm-other").value));

bind(form, async ({ password, code, recovery_code }) => {
  await finish({ password, ...(code && { code }), ...(recovery_code && { recovery_code }) });
});

onClick(byId("confirm-passkey"), async () => {
  await finish(await usePasskey(await call("POST", "/me/confirm/options", {})));
});

async function finish(proof) {
  try {
    await call("POST", "/me/confirm", proof);
  } catch (problem) {
    // Too many wrong tries ended the session.
    if (problem.code !== "not_authenticated") throw problem;
    settle.reject(problem);
    dialog.close();
    return;
  }
  settle.resolve();
  dialog.close();
}

onClick(byId("confirm-cancel"), async () => dialog.close());

// The escape key closes a dialog, too. A settled promise ignores this.
dialog.addEventListener("close", () => {
  clear(form, { values: true });
  settle?.reject(new Problem(0, { code: "notConfirmed" }));
});
