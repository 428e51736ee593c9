// A single-page app with client-side routes. daemun is below /auth of the same origin.

const main = document.querySelector("main");

async function call(path, body) {
  const response = await fetch(`/auth${path}`, {
    method: body ? "POST" : "GET",
    headers: body ? { "content-type": "application/json" } : {},
    body: body && JSON.stringify(body),
  });
  const result = response.status === 204 ? null : await response.json();
  if (!response.ok) throw new Error(result.errors?.[0]?.message ?? result.detail);
  return result;
}

function show(...children) {
  main.replaceChildren(...children);
}

function element(name, properties) {
  return Object.assign(document.createElement(name), properties);
}

async function home() {
  const { user } = await call("/session");
  const heading = element("h1", { textContent: user ? `Hello, ${user.username}` : "You are not logged in" });
  if (!user) return show(heading);
  const button = element("button", { textContent: "Log out" });
  button.addEventListener("click", () => call("/logout", {}).then(home));
  show(heading, button);
}

/** Shows a form whose fields are named after those of the request. */
function form(title, path, fields) {
  const form = element("form", {});
  const message = element("p", { role: "alert" });
  for (const [name, type, autocomplete] of fields) {
    const label = element("label", { textContent: `${name} ` });
    label.append(element("input", { name, type, autocomplete, required: true }));
    form.append(label, " ");
  }
  form.append(element("button", { textContent: title }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const body = { ...Object.fromEntries(new FormData(form)), transport: "cookie" };
    call(path, body).then(() => go("/"), (error) => (message.textContent = error.message));
  });
  show(element("h1", { textContent: title }), form, message);
}

const password = (use) => ["password", "password", use];
const routes = {
  "/": home,
  "/login": () => form("Log in", "/login", [["identifier", "text", "username"], password("current-password")]),
  "/signup": () =>
    form("Sign up", "/signup", [["username", "text", "username"], ["email", "email", "email"], password("new-password")]),
};

function render() {
  const route = routes[location.pathname] ?? (() => show(element("h1", { textContent: "Page not found" })));
  return route();
}

function go(path) {
  history.pushState(null, "", path);
  return render();
}

document.querySelector("nav").addEventListener("click", (event) => {
  if (!event.target.matches("a")) return;
  event.preventDefault();
  go(new URL(event.target.href).pathname);
});
addEventListener("popstate", render);
render();
