// A form that sends itself: empty fields, the wait, refused fields beside their inputs, everything else below them.
// It knows problems and inputs, not what the form is for.

import { Problem } from "./api.js";
import { duration, text } from "./texts.js";

/** Sends the form's values through `send` when it is submitted; what `send` throws is shown. */
export function bind(form, send) {
  for (const input of inputs(form)) furnish(input);
  const problem = Object.assign(document.createElement("p"), { className: "problem" });
  problem.setAttribute("role", "alert");
  const wait = Object.assign(document.createElement("p"), { className: "wait" });
  submitButton(form).before(problem, wait);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.ariaBusy === "true" || submitButton(form).ariaDisabled === "true") return;
    clear(form);
    const empty = inputs(form).filter((input) => input.required && value(input) === "");
    if (empty.length > 0) {
      refuse(form, empty.map((input) => ({ field: input.name, message: text("required") })));
      return;
    }
    form.ariaBusy = "true";
    try {
      await send(values(form));
    } catch (failure) {
      show(form, failure);
    } finally {
      form.ariaBusy = "false";
    }
  });
  form.addEventListener("input", (event) => unmark(event.target));
}

/** Takes away what earlier tries left behind: errors and, if asked for, the values. */
export function clear(form, { values: alsoValues = false } = {}) {
  inputs(form).forEach(unmark);
  form.querySelector(".problem").textContent = "";
  if (alsoValues) form.reset();
}

/** Writes what is known already into the inputs of these names. */
export function fill(form, known) {
  for (const input of inputs(form)) input.value = known[input.name] ?? input.value;
}

const inputs = (form) => [...form.querySelectorAll("input[name]")];
const submitButton = (form) => form.querySelector("button.primary");

const values = (form) => Object.fromEntries(inputs(form).map((input) => [input.name, value(input)]));

/** What an input says. Blanks around a name are a keyboard's doing; a password is taken as it is. */
function value(input) {
  if (input.type === "checkbox") return input.checked;
  return input.type === "password" ? input.value : input.value.trim();
}

/** Codes that concern one field and list none. */
const fieldOf = { current_password_wrong: "current_password", code_invalid: "code" };

/** Shows a problem where it belongs: beside the refused fields, and below them what concerns none of them. */
function show(form, problem) {
  const field = fieldOf[problem.code];
  const errors = field ? [{ field, message: problem.detail }] : (problem.errors ?? []);
  const strangers = refuse(form, errors);
  const lines = strangers.map((error) => error.message);
  form.querySelector(".problem").textContent = errors.length === 0 ? explain(problem) : lines.join(" ");
  if (problem.retryAfter > 0) holdBack(form, problem.retryAfter);
}

/** What a person is told of a problem as a whole. A mistake of the page itself goes to the console. */
export function explain(problem) {
  if (!(problem instanceof Problem)) console.error(problem);
  const detail = problem.detail || text(problem.code) || text("failed");
  return problem.status >= 500 && problem.requestId ? `${detail} ${text("quote", { id: problem.requestId })}` : detail;
}

/** Marks refused fields, moves to the first, and returns the errors whose field is not in this form. */
function refuse(form, errors) {
  const strangers = [];
  for (const error of errors) {
    const input = inputs(form).find((input) => input.name === error.field);
    const line = input && errorLine(input);
    if (!line) {
      strangers.push(error);
      continue;
    }
    line.textContent = `${line.textContent} ${error.message}`.trim();
    input.ariaInvalid = "true";
  }
  form.querySelector("[aria-invalid=true]")?.focus();
  return strangers;
}

const errorLine = (input) => document.getElementById(`${input.id}-error`);

function unmark(input) {
  const line = errorLine(input);
  if (!line) return;
  line.textContent = "";
  input.ariaInvalid = null;
}

/** Gives an input its error line and, if it is a password, a button that shows it. */
function furnish(input) {
  if (input.type === "checkbox") return;
  const line = Object.assign(document.createElement("p"), { className: "error", id: `${input.id}-error` });
  input.setAttribute("aria-describedby", `${line.id} ${input.getAttribute("aria-describedby") ?? ""}`.trim());
  input.after(line);
  if (input.type !== "password") return;
  const frame = Object.assign(document.createElement("div"), { className: "secret" });
  input.replaceWith(frame);
  frame.append(input);
  frame.append(revealer(input));
}

function revealer(input) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "reveal" });
  button.dataset.text = "show";
  button.textContent = text("show");
  input.labels[0].id = `${input.id}-label`;
  button.setAttribute("aria-describedby", input.labels[0].id);
  button.addEventListener("click", () => reveal(input, button, input.type === "password"));
  // A password is never left readable, and a browser never stores it as a text.
  input.form.addEventListener("submit", () => reveal(input, button, false), { capture: true });
  return button;
}

function reveal(input, button, isShown) {
  input.type = isShown ? "text" : "password";
  button.dataset.text = isShown ? "hide" : "show";
  button.textContent = text(button.dataset.text);
}

/** Counts the seconds down in which trying again is pointless. */
function holdBack(form, seconds) {
  const button = submitButton(form);
  const wait = form.querySelector(".wait");
  const end = performance.now() + seconds * 1000;
  button.ariaDisabled = "true";
  const tick = () => {
    const left = Math.ceil((end - performance.now()) / 1000);
    wait.textContent = left > 0 ? text("wait", { time: duration(left) }) : "";
    if (left > 0) return;
    clearInterval(timer);
    button.ariaDisabled = null;
    form.querySelector(".problem").textContent = "";
  };
  const timer = setInterval(tick, 1000);
  tick();
}
