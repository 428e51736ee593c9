// A proof of work, where the service asks for one: the official ALTCHA widget shows it, and is loaded only then.
// The folder altcha/ holds its files as npm has them, so that they come from this page's own origin.

import { base, Problem } from "./api.js";
import { language } from "./texts.js";

const files = new URL("altcha/", import.meta.url);

/**
 * Sends what a form says, and once more with a proof if the service asks for one. A proof is good for one request.
 *
 *     await withProof(form, (proof) => call("POST", "/login", { ...body, ...proof }));
 */
export async function withProof(form, send) {
  try {
    return await send({});
  } catch (problem) {
    if (problem.code !== "captcha_required") throw problem;
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
  if (!solved) throw new Problem(0, { code: "unproven" });
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
  // Nobody's pointer is watched, and nothing leads away from the page.
  $altcha.defaults.set({ humanInteractionSignature: false, hideFooter: true, hideLogo: true });
  const script = trusted(new URL("pbkdf2.js", files).href);
  $altcha.algorithms.set("PBKDF2/SHA-256", () => new Worker(script));
  await customElements.whenDefined("altcha-widget");
}

/** Under `require-trusted-types-for` a worker needs an address that somebody vouches for: this one is written above. */
function trusted(address) {
  const policy = globalThis.trustedTypes?.createPolicy("captcha", { createScriptURL: (url) => url });
  return policy?.createScriptURL(address) ?? address;
}
