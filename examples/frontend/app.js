// The page: who is here, where else, and the forms. What a form does with its fields is in form.js, every call in api.js.

import { call, idempotencyKey } from "./api.js";
import { describe } from "./device.js";
import { bind, clear, explain } from "./form.js";
import { ago, date, language, preferredLanguage, setLanguage, text } from "./texts.js";

const hour = 3_600_000;
const part = (id) => document.getElementById(id);

let user = null;
let sessions = [];

// ── Coming and going ────────────────────────────────────────────────────────────────────────────────────────────────

async function start() {
  try {
    await enter(await call("GET", "/me"));
  } catch (problem) {
    if (problem.status === 401) return leave();
    part("away-detail").textContent = explain(problem);
    show("away");
  }
}

async function enter(arrived) {
  user = arrived;
  writeUser();
  writeSessions();
  clearForms();
  show("member");
  await refreshSessions().catch(tell);
}

/** Back to the gate. `farewell` names the text that says why. */
function leave(farewell) {
  const wasHere = user !== null;
  user = null;
  sessions = [];
  writeUser();
  writeSessions();
  clearForms();
  for (const details of document.querySelectorAll("details")) details.open = false;
  say("");
  if (wasHere) history.replaceState(null, "", "#login");
  show("visitor");
  bid(farewell);
}

/** Writes above the forms why one is here; a text by name, so that it follows the language. */
function bid(farewell = "") {
  part("farewell").dataset.text = farewell;
  part("farewell").textContent = text(farewell);
}

/** A call of somebody who is logged in. A session that has ended elsewhere leads back to the gate. */
async function asMember(method, path, body) {
  try {
    return await call(method, path, body);
  } catch (problem) {
    if (problem.code === "not_authenticated") leave("ended");
    throw problem;
  }
}

function clearForms() {
  for (const form of document.forms) clear(form, { values: true });
}

// ── What is on the page ─────────────────────────────────────────────────────────────────────────────────────────────

/** Shows one view, and moves the reader to its heading unless the page has only just been opened. */
function show(view) {
  const isFirst = document.querySelector("main").ariaBusy === "true";
  document.querySelector("main").ariaBusy = "false";
  for (const section of document.querySelectorAll("[data-view]")) section.hidden = section.dataset.view !== view;
  part("signup").hidden = location.hash !== "#signup";
  part("login").hidden = !part("signup").hidden;
  writeTitle();
  if (!isFirst) heading().focus();
}

const heading = () => document.querySelector("[data-view]:not([hidden]) :is(form:not([hidden]) > h1, div > h1)");

function writeTitle() {
  document.title = [heading()?.textContent, "daemun"].filter(Boolean).join(" · ");
}

function writeUser() {
  const name = user?.username ?? "";
  part("who-initial").textContent = [...name][0]?.toUpperCase() ?? "";
  part("who-greeting").textContent = user && text("greeting", { name });
  part("who-facts").replaceChildren(...phrases(user ? [user.email, text("since", { date: date(user.created_at) })] : []));
  for (const input of document.querySelectorAll("[data-whose]")) input.value = name;
}

async function refreshSessions() {
  const answer = await asMember("GET", "/sessions");
  if (!user) return;
  sessions = answer.sessions;
  writeSessions();
}

function writeSessions() {
  const latestFirst = sessions.toSorted((a, b) => b.current - a.current || b.last_seen_at.localeCompare(a.last_seen_at));
  part("sessions").replaceChildren(...latestFirst.map(sessionRow));
  part("end-others").hidden = sessions.length < 2;
}

function sessionRow(session) {
  const row = part("session").content.cloneNode(true).firstElementChild;
  const { name, icon } = describe(session.user_agent);
  const button = row.querySelector("button");
  row.querySelector("use").setAttribute("href", `#${icon}`);
  row.querySelector(".device").textContent = name;
  row.querySelector(".device").title = session.user_agent ?? "";
  row.querySelector(".badge").hidden = !session.current;
  row.querySelector(".facts").append(...phrases(facts(session)));
  button.hidden = session.current;
  button.ariaLabel = text("endOn", { device: name });
  onClick(button, async () => {
    await endSession(session.id);
    say(text("sessionEnded", { device: name }));
  });
  return row;
}

const facts = (session) => [session.ip, activity(session), text("until", { date: date(session.expires_at) })].filter(Boolean);

/** Spans that each keep together at the end of a line. */
const phrases = (texts) => texts.flatMap((words) => [Object.assign(document.createElement("span"), { textContent: words }), " "]);

/** The service notes a session's use once an hour at most, so anything finer would be made up. */
function activity(session) {
  const age = Date.now() - Date.parse(session.last_seen_at);
  if (session.current) return text("activeNow");
  return age < hour ? text("activeLately") : text("active", { ago: ago(age) });
}

let silence;

/** One line at the edge of the page, gone after a while. */
function say(line) {
  clearTimeout(silence);
  part("toast").textContent = line;
  if (line) silence = setTimeout(() => (part("toast").textContent = ""), 8000);
}

// ── What can be done ────────────────────────────────────────────────────────────────────────────────────────────────

/** Says what went wrong, unless it led back to the gate, where it is said already. */
function tell(problem) {
  if (problem.code !== "not_authenticated") say(explain(problem));
}

/** Runs `work` once at a time; what goes wrong is said, not thrown. */
function onClick(button, work) {
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

/** Ends one session. That it had already ended is as good. */
async function endSession(id) {
  try {
    await asMember("DELETE", `/sessions/${id}`);
  } catch (problem) {
    if (problem.code !== "session_not_found") throw problem;
  }
  await refreshSessions();
  part("sessions-title").focus();
}

bind(part("login"), async (body) => {
  bid("");
  const { user: arrived } = await call("POST", "/login", { ...body, transport: "cookie" });
  await enter(arrived);
});

// A sign-up whose answer was lost is repeated under its key and finds the account that it made. Another sign-up is
// another matter and gets another key; the password is no part of it, as it may be corrected in between.
const attempt = { of: "", key: "" };

bind(part("signup"), async (body) => {
  const { password: _, ...of } = body;
  if (attempt.of !== JSON.stringify(of)) Object.assign(attempt, { of: JSON.stringify(of), key: idempotencyKey() });
  const { user: arrived } = await call("POST", "/signup", { ...body, transport: "cookie" }, { "Idempotency-Key": attempt.key });
  attempt.of = "";
  await enter(arrived);
});

bind(part("rename"), async (body) => {
  user = await asMember("PATCH", "/me", body);
  writeUser();
  finish(part("rename"), "renamed");
});

bind(part("change-password"), async (body) => {
  await asMember("PUT", "/me/password", body);
  finish(part("change-password"), "passwordChanged");
  await refreshSessions().catch(tell);
});

bind(part("remove"), async (body) => {
  await asMember("DELETE", "/me", body);
  leave("removed");
});

/** Closes a form that has done its work and says so. */
function finish(form, said) {
  clear(form, { values: true });
  form.closest("details").open = false;
  form.closest("details").querySelector("summary").focus();
  say(text(said));
}

onClick(part("logout"), async () => {
  await asMember("POST", "/logout");
  leave("loggedOut");
});

onClick(part("end-others"), async () => {
  await asMember("DELETE", "/sessions");
  await refreshSessions();
  part("sessions-title").focus();
  say(text("othersEnded"));
});

onClick(part("again"), start);

addEventListener("hashchange", () => {
  if (user) return;
  bid("");
  show("visitor");
});

// Coming back to the page: the session may have ended elsewhere meanwhile, or new ones may have begun.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && user) refreshSessions().catch(tell);
});

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => speak(button.dataset.language));
}

function speak(chosen) {
  setLanguage(chosen);
  for (const button of document.querySelectorAll("[data-language]")) button.ariaPressed = String(button.dataset.language === language());
  for (const form of document.forms) clear(form);
  say("");
  writeUser();
  writeSessions();
  writeTitle();
}

speak(preferredLanguage());
start();
