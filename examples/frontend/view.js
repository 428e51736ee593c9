// What is on the page: the one view that is shown, its title, the lines that come and go. It knows nothing of who is here.

import { explain } from "./form.js";
import { text } from "./texts.js";

export const part = (id) => document.getElementById(id);

/** Shows one view, and moves the reader to its heading unless the page has only just been opened. */
export function show(view) {
  const main = document.querySelector("main");
  const isFirst = main.ariaBusy === "true";
  main.ariaBusy = "false";
  for (const section of main.querySelectorAll("[data-view]")) section.hidden = section.dataset.view !== view;
  const forms = [...document.querySelectorAll("[data-view=visitor] form")];
  const named = forms.find((form) => `#${form.id}` === location.hash) ?? part("login");
  for (const form of forms) form.hidden = form !== named;
  writeTitle();
  if (!isFirst) heading().focus();
}

const heading = () => document.querySelector("[data-view]:not([hidden]) :is(form:not([hidden]) > h1, div > h1)");

export function writeTitle() {
  document.title = [heading()?.textContent, "daemun"].filter(Boolean).join(" · ");
}

/** Writes above the log-in why one is here; a text by name, so that it follows the language. */
export function bid(farewell = "") {
  part("farewell").dataset.text = farewell;
  part("farewell").textContent = text(farewell);
}

let silence;

/** One line at the edge of the page, gone after a while. */
export function say(line) {
  clearTimeout(silence);
  part("toast").textContent = line;
  if (line) silence = setTimeout(() => say(""), 8000);
}

/** Says what went wrong, unless it led back to the log-in, where it is said already. */
export function tell(problem) {
  if (problem.code !== "not_authenticated") say(explain(problem));
}

/** Runs `work` at a click, once at a time; what goes wrong is said, not thrown. */
export function onClick(button, work) {
  button.addEventListener("click", async () => {
    if (button.ariaBusy === "true") return;
    button.ariaBusy = "true";
    try {
      await work();
    } catch (problem) {
      tell(problem);
    } finally {
      button.ariaBusy = "false";
    }
  });
}

/** Spans that each keep together at the end of a line. */
export const phrases = (texts) => texts.flatMap((words) => [Object.assign(document.createElement("span"), { textContent: words }), " "]);
