// What a visitor of the example page does in every test of it.

import { visit } from "./browser.js";

/** Opens the page as a new visitor, once it knows who is here. */
export async function open(browser, gate, path = "/", options = {}) {
  const visitor = await visit(browser, gate.url, options);
  await visitor.page.goto(gate.url + path);
  await visitor.page.locator("main[aria-busy=false]").waitFor();
  return visitor;
}

/** Fills a form in and sends it. */
export async function submit(page, form, fields) {
  for (const [name, value] of Object.entries(fields)) await page.locator(`#${form} input[name=${name}]`).fill(value);
  await page.locator(`#${form} button.primary`).click();
}

/** What stands in a line once something does. */
export async function filled(line) {
  await line.filter({ hasText: /\S/ }).waitFor();
  return line.textContent();
}
