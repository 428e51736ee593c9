// Who may sign up, and the invitation that a mailed link brings in its fragment.

import { config } from "./config.js";
import { byId } from "./view.js";

const input = byId("signup-invitation");

/** Moves the invitation from the address bar into the signup form. Servers never receive a fragment. */
export function takeInvitation() {
  const invitation = new URLSearchParams(location.hash.slice(1)).get("invitation");
  if (invitation === null) return;
  // Clearing the form keeps the default value.
  input.defaultValue = invitation;
  history.replaceState(null, "", "#signup");
  showField();
}

/** Shows what the operator's policy allows: everyone, invited people or no one signs up. */
export function writePolicy() {
  input.required = config.sign_up === "invited";
  showField();
  if (config.sign_up !== "closed") return;
  byId("signup").remove();
  byId("signup-link").hidden = true;
}

function showField() {
  byId("signup-invitation-field").hidden = !input.required && input.defaultValue === "";
}
