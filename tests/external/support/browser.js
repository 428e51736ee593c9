// Debian's Chromium, and a watch over what a page must never do.

import { chromium } from "playwright-core";

/** Without these Chromium asks its maker's servers for this and that at every start. */
const quiet = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Chromium's sandbox refuses root, which is who runs tests in a container. */
const sandbox = process.getuid() === 0 ? ["--no-sandbox"] : [];

export function startBrowser(...flags) {
  const args = [...quiet, ...sandbox, ...flags];
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args });
}

/**
 * A page of its own, as a new visitor has it. `faults` collects what it did wrong: errors in the console, breaches of its
 * Content-Security-Policy, files that did not load, and requests to any other origin, which get no answer.
 */
export async function visit(browser, origin, options = {}) {
  const context = await browser.newContext({ locale: "en-GB", ...options });
  const faults = [];
  context.setDefaultTimeout(15_000);

  await context.route((url) => /^https?:/.test(url.protocol) && url.origin !== origin, (route) => {
    faults.push(`asked for ${route.request().url()}`);
    return route.abort();
  });
  await context.exposeBinding("reportFault", (_, fault) => void faults.push(fault));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) =>
      window.reportFault(`the policy forbids ${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
  });
  context.on("console", (message) => {
    // Chromium writes a line for every answer of 400 or more; of those, refused calls of the API are part of the game.
    const isAnswer = message.text().startsWith("Failed to load resource: the server responded");
    if (message.type() === "error" && !isAnswer) faults.push(`console: ${message.text()}`);
  });
  context.on("weberror", (error) => faults.push(`uncaught: ${error.error()}`));
  context.on("response", (response) => {
    const isCall = ["fetch", "xhr"].includes(response.request().resourceType());
    if (!isCall && response.status() >= 400) faults.push(`${response.status()} for ${response.url()}`);
    if (response.status() >= 500) faults.push(`${response.status()} for ${response.url()}`);
  });

  return { page: await context.newPage(), context, faults };
}

/** The session's cookie, if there is one; the device's stays when a session ends. */
export async function sessionCookies(context) {
  return (await context.cookies()).filter(({ name }) => name === "__Host-daemun");
}
