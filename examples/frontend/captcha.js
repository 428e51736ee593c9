// Proof of work with the official ALTCHA widget, which is loaded only when the service requires a proof. The folder
// altcha/ contains the files of the npm package, so that they have this page's origin.

import { base, Problem } from "./api.js";
import { config } from "./config.js";
import { language } from "./texts.js";

const files = new URL("altcha/", import.meta.url);

/**
 * Sends a form's values, and sends them again with a proof if the service requires one. If the service always requires a
 * proof, the first request has one. A proof is valid for one request.
 *
 *     await withProof(form, (proof) => call("POST", "/login", { ...body, ...proof }));
 */
export async function withProof(form, send) {
  if (config.captcha !== "always") {
    try {
      return await send({});
    } catch (problem) {
      if (problem.code !== "captcha_required") throw problem;
    }
  }
  const widget = await show(form);
  try {
    return await send({ captcha: await solution(widget) });
  } finally {
    widget.remove();
  }
}

async function solution(widget) {
  const solved = await widget.verify();
  if (!solved) throw new Problem(0, { code: "captchaFailed" });
  return solved.payload;
}

async function show(form) {
  await load();
  const widget = document.createElement("altcha-widget");
  widget.setAttribute("challenge", `${base}/captcha`);
  widget.setAttribute("language", language());
  form.querySelector(".problem").before(widget);
  return widget;
}

let loading;

function load() {
  loading ??= start().catch((failure) => {
    loading = undefined;
    console.warn(failure);
    throw new Problem(0, { code: "unreachable" });
  });
  return loading;
}

async function start() {
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("altcha.css", files) });
  document.head.append(style);
  await import(new URL("altcha.min.js", files));
  await import(new URL("ko.js", files));
  // No tracking of the pointer, and no links to other sites.
  $altcha.defaults.set({ humanInteractionSignature: false, hideFooter: true, hideLogo: true });
  const script = trusted(new URL("pbkdf2.js", files).href);
  $altcha.algorithms.set("PBKDF2/SHA-256", () => new Worker(script));
  await customElements.whenDefined("altcha-widget");
}

/** Returns the URL as a TrustedScriptURL, which workers need under `require-trusted-types-for`. */
function trusted(url) {
  const policy = globalThis.trustedTypes?.createPolicy("captcha", { createScriptURL: (input) => input });
  return policy?.createScriptURL(url) ?? url;
}
