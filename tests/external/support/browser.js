// Starts Debian's Chromium and records what a page must never do.

import { chromium } from "playwright-core";

/** Without these flags Chromium sends requests to Google's servers at every start. */
const quiet = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Chromium's sandbox refuses to run as root, as tests in a container do. */
const sandbox = process.getuid() === 0 ? ["--no-sandbox"] : [];

export function startBrowser(...flags) {
  const args = [...quiet, ...sandbox, ...flags];
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args });
}

/**
 * Opens a page with an empty profile. `origin` is the page's own, or a list of origins. `faults` collects
 * console errors, violations of the page's Content-Security-Policy, files that did not load, and requests to any other
 * origin, which are aborted.
 */
export async function visit(browser, origin, options = {}) {
  const context = await browser.newContext({ locale: "en-GB", ...options });
  const faults = [];
  context.setDefaultTimeout(15_000);

  const own = [origin].flat();
  await context.route((url) => /^https?:/.test(url.protocol) && !own.includes(url.origin), (route) => {
    faults.push(`requested ${route.request().url()}`);
    return route.abort();
  });
  await context.exposeBinding("reportFault", (_, fault) => void faults.push(fault));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) =>
      window.reportFault(`the policy forbids ${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
  });
  context.on("console", (message) => {
    // Chromium logs a line for every response of 400 or more. Rejected API calls are expected.
    const isResponse = message.text().startsWith("Failed to load resource: the server responded");
    if (message.type() === "error" && !isResponse) faults.push(`console: ${message.text()}`);
  });
  context.on("weberror", (error) => faults.push(`uncaught: ${error.error()}`));
  context.on("response", (response) => {
    const isCall = ["fetch", "xhr"].includes(response.request().resourceType());
    if (!isCall && response.status() >= 400) faults.push(`${response.status()} for ${response.url()}`);
    if (response.status() >= 500) faults.push(`${response.status()} for ${response.url()}`);
  });

  return { page: await context.newPage(), context, faults };
}

/**
 * Records everything in a page's console, every response of 400 or more and every request without a response. Returns the
 * list, and the paths of the calls to the API.
 */
export function record(page) {
  const seen = [];
  const calls = [];
  page.on("console", (message) => seen.push(`console: ${message.text()}`));
  page.on("requestfailed", (request) => seen.push(`no response: ${request.url()}`));
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (response.request().resourceType() === "fetch") calls.push(pathname);
    if (response.status() >= 400) seen.push(`${response.status()} for ${pathname}`);
  });
  return { seen, calls };
}

/** Returns the session's cookie, if there is one. The device cookie outlives a session. */
export async function sessionCookies(context) {
  return (await context.cookies()).filter(({ name }) => name === "__Host-daemun");
}
