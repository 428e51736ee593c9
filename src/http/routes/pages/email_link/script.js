const texts = document.querySelector("main").dataset;
const form = document.querySelector("form");
const field = document.querySelector("#field");
const input = document.querySelector("input");
const button = document.querySelector("button");
const message = document.querySelector("#message");
const setsPassword = texts.page === "reset";
let token = null;

function say(text, isError = false) {
  message.textContent = text;
  message.className = isError ? "error" : "";
}

// The token leaves the address bar and the history before anything else happens. Only the button sends it.
function begin() {
  token = new URLSearchParams(location.hash.slice(1)).get("token") ?? token;
  history.replaceState(null, "", location.pathname);
  form.hidden = token === null;
  say(token === null ? texts.missing : "");
}

function refused(problem) {
  const isFirst = !setsPassword && field.hidden;
  if (isFirst && (problem.status === 401 || problem.status === 410)) {
    field.hidden = false;
    input.required = true;
    input.focus();
    say(problem.status === 401 ? texts.password : texts.other);
    return;
  }
  if (problem.status === 410) {
    form.hidden = true;
  }
  const wrong = problem.status === 401 ? texts.wrong : problem.detail;
  say(problem.errors?.[0]?.message ?? wrong, true);
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
  say("");
  try {
    const answer = await fetch(location.pathname, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body()),
    });
    if (answer.ok) {
      form.hidden = true;
      say(texts.done);
    } else {
      refused(await answer.json());
    }
  } catch {
    say(texts.unreachable, true);
  } finally {
    button.disabled = false;
  }
});

addEventListener("hashchange", begin);
begin();
