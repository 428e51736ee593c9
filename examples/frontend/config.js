// The service's public configuration, which decides what the forms offer and say.

import { call } from "./api.js";

/** The response of `GET /config`: `{sign_up, captcha, email_verification, mail, passkeys, email_log_in, username, password}`. */
export let config;

export async function loadConfig() {
  config = await call("GET", "/config");
}
