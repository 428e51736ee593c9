// Signup, login and logout with the service at /auth/, on the site's own origin.

const form = document.querySelector("form");
const section = document.querySelector("section");
const output = document.querySelector("output");

async function call(method, path, body) {
  const options = { method, headers: { "Content-Type": "application/json" }, body: body && JSON.stringify(body) };
  const response = await fetch(`/auth${path}`, options);
  const document = response.status === 204 ? undefined : await response.json();
  if (!response.ok) throw new Error((document.errors ?? [{ message: document.detail }]).map(({ message }) => message).join(" "));
  return document;
}

async function show() {
  const { user } = await call("GET", "/session");
  section.hidden = !user;
  form.hidden = Boolean(user);
  section.querySelector("strong").textContent = user?.username;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { username, email, password } = Object.fromEntries(new FormData(form));
  const isSignup = event.submitter.value === "signup";
  const body = isSignup ? { username, email, password } : { identifier: username, password };
  output.textContent = "";
  try {
    await call("POST", isSignup ? "/signup" : "/login", { ...body, transport: "cookie" });
    form.reset();
    await show();
  } catch (problem) {
    output.textContent = problem.message;
  }
});

section.querySelector("button").addEventListener("click", async () => {
  await call("POST", "/logout");
  await show();
});

await show();
