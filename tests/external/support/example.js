// Common steps of the example page's tests.

import { visit } from "./browser.js";

/** Opens the page as a new visitor, and waits until it shows a view. */
export async function open(browser, gate, path = "/", options = {}) {
  const visitor = await visit(browser, gate.url, options);
  await visitor.page.goto(gate.url + path);
  await visitor.page.locator("main[aria-busy=false]").waitFor();
  return visitor;
}

/** Fills in a form and submits it. */
export async function submit(page, form, fields) {
  for (const [name, value] of Object.entries(fields)) await page.locator(`#${form} input[name=${name}]`).fill(value);
  await page.locator(`#${form} button.primary`).click();
}

/** Waits until a line has text, and returns the text. */
export async function filled(line) {
  await line.filter({ hasText: /\S/ }).waitFor();
  return line.textContent();
}
