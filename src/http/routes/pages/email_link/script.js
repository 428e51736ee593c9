const byId = (id) => document.getElementById(id);
const texts = document.querySelector("main").dataset;
const form = document.querySelector("form");
const [field, lead, message, next, password, reveal, submit, username] =
  ["field", "lead", "message", "continue", "password", "reveal", "submit", "username"].map(byId);
const setsPassword = texts.page === "reset";
/** The codes with which the service rejects a request for the session cookie, before it does anything else. */
const noCookie = ["cross_site_cookie", "insecure_transport", "origin_not_allowed"];
let { transport } = texts;
let token = null;

function show(text, isError = false) {
  message.textContent = text;
  message.className = isError ? "error" : "";
}

function requestPassword(reason) {
  lead.textContent = reason;
  field.hidden = false;
  password.required = true;
}

// The fragment leaves the address bar and the history before anything else happens. Only the button sends the token.
// The address goes nowhere: a password manager finds it beside the password.
async function begin() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
  token = fragment.get("token") ?? token;
  username.value = fragment.get("email") ?? username.value;
  if (next) next.hidden = true;
  form.hidden = token === null;
  show(token === null ? texts.missing : "");
  if (token !== null && !setsPassword && (await isLoggedOut())) requestPassword(texts.password);
}

/** Returns whether the service says that no user is logged in here. Otherwise the response to the button shows it. */
async function isLoggedOut() {
  try {
    const response = await fetch("../session", { signal: AbortSignal.timeout(5000) });
    return (await response.json()).user === null;
  } catch {
    return false;
  }
}

function showProblem(problem) {
  const hadSession = !setsPassword && field.hidden;
  if (hadSession && (problem.status === 401 || problem.status === 410)) {
    requestPassword(problem.status === 401 ? texts.password : texts.other);
    password.focus();
    return;
  }
  if (problem.status === 410) form.hidden = true;
  const detail = problem.status === 401 ? texts.wrong : problem.detail;
  show(problem.errors?.[0]?.message ?? detail, true);
}

function body() {
  if (setsPassword) return { token, new_password: password.value, transport };
  return field.hidden ? { token } : { token, password: password.value, transport };
}

/** Sends the token. Where the browser would drop the session cookie, the request is repeated without it. */
async function send() {
  const headers = { "content-type": "application/json" };
  const response = await fetch(location.pathname, { method: "POST", headers, body: JSON.stringify(body()) });
  if (response.ok) return { opened: response.status === 200 ? await response.json() : {} };
  const problem = await response.json();
  if (transport === undefined || !noCookie.includes(problem.code)) return { problem };
  transport = undefined;
  return send();
}

/** Names the account: the link may come from another person. The fragment's address is replaced for password managers. */
function loggedIn({ username: name, email }) {
  username.value = email;
  return texts.loggedIn.replace("{user}", () => `${name} (${email})`);
}

function setRevealed(isRevealed) {
  const { show, showLabel, hide, hideLabel } = reveal.dataset;
  password.type = isRevealed ? "text" : "password";
  reveal.textContent = isRevealed ? hide : show;
  reveal.setAttribute("aria-label", isRevealed ? hideLabel : showLabel);
}

reveal.addEventListener("click", () => setRevealed(password.type === "password"));

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  // Browsers store only what is typed into a field of this type.
  setRevealed(false);
  submit.disabled = true;
  show("");
  try {
    const { problem, opened } = await send();
    if (problem) return showProblem(problem);
    form.hidden = true;
    show(opened.session ? loggedIn(opened.user) : texts.done);
    if (next) next.hidden = false;
  } catch {
    show(texts.unreachable, true);
  } finally {
    submit.disabled = false;
  }
});

addEventListener("hashchange", begin);
begin();
