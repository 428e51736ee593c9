// The second step of a login: a code, a recovery code or a passkey.

import { call } from "./api.js";
import { bind, clear } from "./form.js";
import { hasPasskeys, usePasskey } from "./passkey.js";
import { byId, onClick, show, showNotice } from "./view.js";

const codeForm = byId("second-factor");
const recoveryForm = byId("recovery");
let challenge;

/** Runs the first step of a login. If a second factor is due, opens the second step and returns nothing. */
export async function firstStep(send) {
  try {
    return (await send()).user;
  } catch (problem) {
    if (problem.code !== "second_factor_required") throw problem;
    begin(problem);
  }
}

function begin(problem) {
  challenge = problem.challenge;
  const has = (method) => problem.methods.includes(method);
  for (const form of [codeForm, recoveryForm]) clear(form, { values: true });
  for (const part of codeForm.querySelectorAll("[data-totp]")) part.hidden = !has("totp");
  for (const link of document.querySelectorAll("[data-recovery]")) link.hidden = !has("recovery_code");
  byId("second-passkey").classList.toggle("strong", !has("totp"));
  byId("second-passkey").hidden = !(has("passkey") && hasPasskeys());
  history.pushState(null, "", "#second-factor");
  show("visitor");
  showNotice();
}

/** Binds the forms of the second step. `enter(user)` is called once there is a session. */
export function bindSecondStep(enter) {
  async function complete(proof) {
    try {
      const { user } = await call("POST", "/login/second-factor", { challenge, ...proof });
      await enter(user);
    } catch (problem) {
      if (problem.code !== "challenge_expired") throw problem;
      history.replaceState(null, "", "#login");
      show("visitor");
      showNotice("challengeExpired");
    }
  }
  for (const form of [codeForm, recoveryForm]) bind(form, complete);

  onClick(byId("second-passkey"), async () => {
    const proof = await usePasskey(await call("POST", "/login/second-factor/options", { challenge }));
    await complete({ ...proof, trust_device: codeForm.elements.trust_device.checked });
  });
}
