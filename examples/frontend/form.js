// Behaviour of every form: checks for empty fields, shows rejected fields beside their inputs and other problems below,
// and counts down after a 429 or 503.

import { Problem } from "./api.js";
import { duration, text } from "./texts.js";

/** Calls `send` with the form's values on submit. Shows what `send` throws. */
export function bind(form, send) {
  for (const input of inputs(form)) addErrorLine(input);
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
      markFields(form, empty.map((input) => ({ field: input.name, message: text("required") })));
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
  form.addEventListener("input", (event) => clearError(event.target));
}

/** Clears the errors of earlier attempts and, with `values`, the inputs. */
export function clear(form, { values: alsoValues = false } = {}) {
  inputs(form).forEach(clearError);
  form.querySelector(".problem").textContent = "";
  if (alsoValues) form.reset();
}

/** Fills the inputs with these names. */
export function fill(form, values) {
  for (const input of inputs(form)) input.value = values[input.name] ?? input.value;
}

const inputs = (form) => [...form.querySelectorAll("input[name]")];
const submitButton = (form) => form.querySelector("button.primary");

const values = (form) => Object.fromEntries(inputs(form).map((input) => [input.name, value(input)]));

/** Returns an input's value. Keyboards add blanks around names, so they are removed, but never from a password. */
function value(input) {
  if (input.type === "checkbox") return input.checked;
  return input.type === "password" ? input.value : input.value.trim();
}

/** Codes of problems about one field that have no `errors`. */
const fieldsOf = {
  current_password_wrong: ["current_password", "password"],
  code_invalid: ["code", "recovery_code"],
  invitation_invalid: ["invitation"],
};

/** Shows errors beside their fields, and everything else below the fields. */
function show(form, problem) {
  const candidates = inputs(form).filter((input) => !input.closest("[hidden]")).map((input) => input.name);
  const field = fieldsOf[problem.code]?.find((name) => candidates.includes(name));
  const errors = field ? [{ field, message: problem.detail }] : (problem.errors ?? []);
  const unplaced = markFields(form, errors);
  const lines = unplaced.map((error) => error.message);
  form.querySelector(".problem").textContent = errors.length === 0 ? explain(problem) : lines.join(" ");
  if (problem.retryAfter > 0) countDown(form, problem.retryAfter);
}

/** Returns the text that describes a problem. A bug of this page goes to the console. */
export function explain(problem) {
  if (!(problem instanceof Problem)) console.error(problem);
  const detail = problem.detail || text(problem.code) || text("failed");
  return problem.status >= 500 && problem.requestId ? `${detail} ${text("quote", { id: problem.requestId })}` : detail;
}

/** Marks rejected fields, focuses the first, and returns the errors of fields that are not in this form. */
function markFields(form, errors) {
  const unplaced = [];
  for (const error of errors) {
    const input = inputs(form).find((input) => input.name === error.field);
    const line = input && errorLine(input);
    if (!line) {
      unplaced.push(error);
      continue;
    }
    line.textContent = `${line.textContent} ${error.message}`.trim();
    input.ariaInvalid = "true";
  }
  form.querySelector("[aria-invalid=true]")?.focus();
  return unplaced;
}

const errorLine = (input) => document.getElementById(`${input.id}-error`);

function clearError(input) {
  const line = errorLine(input);
  if (!line) return;
  line.textContent = "";
  input.ariaInvalid = null;
}

/** Adds an error line to an input and, to a password, a button that shows it. */
function addErrorLine(input) {
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
  // Hide the password on submit, so that the browser does not store it as text.
  input.form.addEventListener("submit", () => reveal(input, button, false), { capture: true });
  return button;
}

function reveal(input, button, isShown) {
  input.type = isShown ? "text" : "password";
  button.dataset.text = isShown ? "hide" : "show";
  button.textContent = text(button.dataset.text);
}

/** Disables the button and counts down the seconds until a retry can succeed. */
function countDown(form, seconds) {
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
