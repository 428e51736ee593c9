const texts = document.querySelector("main").dataset;
const form = document.querySelector("form");
const field = document.querySelector("#field");
const input = document.querySelector("input");
const button = document.querySelector("button");
const message = document.querySelector("#message");
const setsPassword = texts.page === "reset";
let token = null;

function show(text, isError = false) {
  message.textContent = text;
  message.className = isError ? "error" : "";
}

// The token leaves the address bar and the history before anything else happens. Only the button sends it.
function begin() {
  token = new URLSearchParams(location.hash.slice(1)).get("token") ?? token;
  history.replaceState(null, "", location.pathname);
  form.hidden = token === null;
  show(token === null ? texts.missing : "");
}

function showProblem(problem) {
  const isFirst = !setsPassword && field.hidden;
  if (isFirst && (problem.status === 401 || problem.status === 410)) {
    field.hidden = false;
    input.required = true;
    input.focus();
    show(problem.status === 401 ? texts.password : texts.other);
    return;
  }
  if (problem.status === 410) {
    form.hidden = true;
  }
  const wrong = problem.status === 401 ? texts.wrong : problem.detail;
  show(problem.errors?.[0]?.message ?? wrong, true);
}

function body() {
  if (setsPassword) {
    return { token, new_password: input.value };
  }
  return field.hidden ? { token } : { token, password: input.value };
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  show("");
  try {
    const response = await fetch(location.pathname, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body()),
    });
    if (response.ok) {
      form.hidden = true;
      show(texts.done);
    } else {
      showProblem(await response.json());
    }
  } catch {
    show(texts.unreachable, true);
  } finally {
    button.disabled = false;
  }
});

addEventListener("hashchange", begin);
begin();
