// The page at work: who is here, and what each form and button does. Calls are in api.js, looks in view.js and sessions.js.

import { call } from "./api.js";
import { bind, clear, explain, fill } from "./form.js";
import { writeSessions } from "./sessions.js";
import { date, language, preferredLanguage, rememberLanguage, setLanguage, text } from "./texts.js";
import { bid, onClick, part, phrases, say, show, tell, writeTitle } from "./view.js";
import { receive } from "./visitor.js";

let user = null;
let sessions = [];
/** The address that is to be confirmed in place of the account's own. */
let newAddress = null;

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
  newAddress = null;
  write();
  clearForms();
  show("member");
  await refreshSessions().catch(tell);
}

/** Back to the log-in. `farewell` names the text that says why. */
function leave(farewell) {
  if (user) history.replaceState(null, "", "#login");
  user = null;
  sessions = [];
  newAddress = null;
  write();
  clearForms();
  for (const details of document.querySelectorAll("details")) details.open = false;
  say("");
  show("visitor");
  bid(farewell);
}

/** A call of somebody who is logged in. A session that has ended elsewhere leads back to the log-in. */
async function asMember(method, path, body) {
  try {
    return await call(method, path, body);
  } catch (problem) {
    if (problem.code === "not_authenticated") leave("ended");
    throw problem;
  }
}

async function refreshSessions() {
  const answer = await asMember("GET", "/sessions");
  if (!user) return;
  sessions = answer.sessions;
  writeSessions(sessions, endSession);
}

function write() {
  const name = user?.username ?? "";
  part("who-initial").textContent = [...name][0]?.toUpperCase() ?? "";
  part("who-greeting").textContent = user && text("greeting", { name });
  part("who-facts").replaceChildren(...phrases(user ? [user.email, text("since", { date: date(user.created_at) })] : []));
  for (const input of document.querySelectorAll("[data-whose]")) input.value = name;
  part("confirm-address").hidden = !user || (user.email_verified && !newAddress);
  part("confirm-whom").textContent = user && text("confirmWhom", { email: newAddress ?? user.email });
  writeSessions(sessions, endSession);
}

function clearForms() {
  for (const form of document.forms) clear(form, { values: true });
}

receive(enter);

bind(part("rename"), async (body) => {
  user = await asMember("PATCH", "/me", body);
  write();
  finish(part("rename"), "renamed");
});

bind(part("confirm"), async (body) => {
  user = await asMember("POST", "/email/verify", body);
  newAddress = null;
  finish(part("confirm"), "confirmed");
  write();
});

onClick(part("confirm-resend"), async () => {
  if (newAddress) return askAgain();
  await asMember("POST", "/email/resend", {});
  say(text("sent"));
});

/** Another code to a new address takes the password again. */
function askAgain() {
  const form = part("change-address");
  fill(form, { email: newAddress });
  form.closest("details").open = true;
  part("address-password").focus();
}

bind(part("change-address"), async (body) => {
  await asMember("PUT", "/me/email", body);
  newAddress = body.email;
  finish(part("change-address"));
  write();
  part("confirm-address").open = true;
  part("confirm-code").focus();
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
function finish(form, said = "") {
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

/** Ends one session. That it had already ended is as good. */
async function endSession(session, device) {
  try {
    await asMember("DELETE", `/sessions/${session.id}`);
  } catch (problem) {
    if (problem.code !== "session_not_found") throw problem;
  }
  await refreshSessions();
  part("sessions-title").focus();
  say(text("sessionEnded", { device }));
}

onClick(part("again"), start);

addEventListener("hashchange", () => {
  if (user) return;
  bid();
  show("visitor");
});

// Coming back to the page: the session may have ended elsewhere meanwhile, or new ones may have begun.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && user) refreshSessions().catch(tell);
});

const languages = document.querySelectorAll("[data-language]");
for (const button of languages) {
  button.addEventListener("click", () => {
    rememberLanguage(button.dataset.language);
    speak(button.dataset.language);
  });
}

/** Writes everything in a language. What the service said was in another one, so that goes. */
function speak(chosen) {
  setLanguage(chosen);
  for (const button of languages) button.ariaPressed = String(button.dataset.language === language());
  for (const form of document.forms) clear(form);
  say("");
  write();
  writeTitle();
}

speak(preferredLanguage());
start();
