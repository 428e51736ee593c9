// The visible view, its title, and short messages.

import { explain } from "./form.js";
import { text } from "./texts.js";

export const byId = (id) => document.getElementById(id);

/** Shows one view and focuses its heading, except when the page has just been opened. */
export function show(view) {
  const main = document.querySelector("main");
  const isFirst = main.ariaBusy === "true";
  main.ariaBusy = "false";
  for (const section of main.querySelectorAll("[data-view]")) section.hidden = section.dataset.view !== view;
  const forms = [...document.querySelectorAll("[data-view=visitor] form")];
  const named = forms.find((form) => `#${form.id}` === location.hash) ?? byId("login");
  for (const form of forms) form.hidden = form !== named;
  writeTitle();
  if (!isFirst) heading().focus();
}

const heading = () => document.querySelector("[data-view]:not([hidden]) :is(form:not([hidden]) > h1, div > h1)");

export function writeTitle() {
  document.title = [heading()?.textContent, "daemun"].filter(Boolean).join(" · ");
}

/** Shows a notice above the visitor's forms, by the name of its text, so that it follows the language. */
export function showNotice(name = "") {
  byId("notice").dataset.text = name;
  byId("notice").textContent = text(name);
}

let timer;

/** Shows one line at the edge of the page for eight seconds. */
export function toast(line) {
  clearTimeout(timer);
  byId("toast").textContent = line;
  if (line) timer = setTimeout(() => toast(""), 8000);
}

/** Shows a problem as a toast. The login form has its own notice after `not_authenticated`. */
export function report(problem) {
  if (problem.code !== "not_authenticated") toast(explain(problem));
}

/** Runs `work` on a click, once at a time, and reports what it throws. */
export function onClick(button, work) {
  button.addEventListener("click", async () => {
    if (button.ariaBusy === "true") return;
    button.ariaBusy = "true";
    try {
      await work();
    } catch (problem) {
      report(problem);
    } finally {
      button.ariaBusy = "false";
    }
  });
}

/** Returns spans that do not break at the end of a line. */
export const phrases = (texts) => texts.flatMap((words) => [Object.assign(document.createElement("span"), { textContent: words }), " "]);
