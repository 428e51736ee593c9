// The logic of the page: the current user, and what each form and button does.

import { bindActivity, leaveActivity, refreshActivity, writeActivity } from "./activity.js";
import { call } from "./api.js";
import { withConfirmation } from "./confirmation.js";
import { config, loadConfig } from "./config.js";
import { bind, clear, explain } from "./form.js";
import { takeInvitation, writePolicy } from "./invitation.js";
import { stopOffer } from "./passkey.js";
import { bindSecurity, leaveSecurity, refreshSecurity, writeSecurity } from "./security.js";
import { showSessions } from "./sessions.js";
import { date, language, preferredLanguage, rememberLanguage, setGaps, setLanguage, text } from "./texts.js";
import { byId, onClick, phrases, report, show, showNotice, toast, writeTitle } from "./view.js";
import { bindVisitorForms, offerPasskeyLogin } from "./visitor.js";

let user = null;
let sessions = [];
/** The new email that waits for verification. */
let newEmail = null;

async function start() {
  try {
    // Without a session, the user is null: a visitor is no error.
    const [{ user }] = await Promise.all([call("GET", "/session"), loadConfig()]);
    writeConfig();
    takeInvitation();
    if (user) await enter(user);
    else leave();
  } catch (problem) {
    byId("unreachable-detail").textContent = explain(problem);
    show("unreachable");
  }
}

/** Fills the lengths into the hints, and hides what the service cannot do or does not allow. */
function writeConfig() {
  const { username, password, mail, email_log_in } = config;
  setGaps({ usernameMin: username.min_length, usernameMax: username.max_length, passwordMin: password.min_length });
  setLanguage(language());
  for (const part of document.querySelectorAll("[data-mail]")) part.hidden = !mail;
  for (const part of document.querySelectorAll("[data-email-login]")) {
    // `show` decides about forms.
    if (!email_log_in) part.remove();
    else if (part.localName !== "form") part.hidden = false;
  }
  writePolicy();
}

async function enter(loggedIn) {
  user = loggedIn;
  newEmail = null;
  writeUser();
  clearForms();
  stopOffer();
  show("member");
  await Promise.all([refreshSessions().catch(report), refreshSecurity(user), refreshActivity()]);
}

/** Shows the login form, with a notice. */
function leave(notice) {
  // A second step belongs to the login before it.
  if (user || ["#second-factor", "#recovery"].includes(location.hash)) history.replaceState(null, "", "#login");
  user = null;
  sessions = [];
  newEmail = null;
  writeUser();
  leaveSecurity();
  leaveActivity();
  clearForms();
  for (const details of document.querySelectorAll("details")) details.open = false;
  toast("");
  show("visitor");
  showNotice(notice);
  offerPasskeyLogin(enter);
}

/** Calls the service with the session. If the session has ended, shows the login form. */
async function callAsMember(method, path, body) {
  try {
    return await call(method, path, body);
  } catch (problem) {
    if (problem.code === "not_authenticated") leave("sessionEnded");
    throw problem;
  }
}

/** The same for a change that needs a confirmed session. */
const callConfirmed = (method, path, body) => withConfirmation(() => callAsMember(method, path, body));

async function refreshSessions() {
  const list = await callAsMember("GET", "/sessions");
  if (!user) return;
  sessions = list.sessions;
  showSessions(sessions, revokeSession);
}

function writeUser() {
  const name = user?.display_name ?? user?.username ?? "";
  byId("who-initial").textContent = [...name][0]?.toUpperCase() ?? "";
  byId("who-greeting").textContent = user && text("greeting", { name });
  byId("who-facts").replaceChildren(...phrases(user ? facts(user) : []));
  writeProfile();
  for (const input of document.querySelectorAll("[data-username]")) input.value = user?.username ?? "";
  byId("verification").hidden = !user || !config.mail || (user.email_verified && !newEmail);
  byId("member-verify-hint").textContent = user && text("codeSentTo", { email: newEmail ?? user.email });
  showSessions(sessions, revokeSession);
}

/** Returns the lines about a user. The username is one of them unless it is the name that is shown. */
function facts({ display_name, username, email, created_at }) {
  return [...(display_name ? [username] : []), email, text("since", { date: date(created_at) })];
}

/** Shows the profile and the roles. Other members of the profile belong to other pages of the app. */
function writeProfile() {
  const about = typeof user?.profile.about === "string" ? user.profile.about : "";
  byId("who-about").textContent = about;
  byId("who-roles").hidden = !user?.roles.length;
  byId("who-roles").ariaLabel = text("roles");
  const badge = (role) => Object.assign(document.createElement("li"), { className: "badge", textContent: role });
  byId("who-roles").replaceChildren(...(user?.roles ?? []).map(badge));
  // The defaults return when the form is reset.
  byId("profile-name").defaultValue = user?.display_name ?? "";
  byId("profile-about").defaultValue = about;
}

function clearForms() {
  for (const form of document.forms) clear(form, { values: true });
}

bindVisitorForms(enter);
bindSecurity(callAsMember);
bindActivity(callAsMember);

bind(byId("profile"), async ({ display_name, about }) => {
  // An object is replaced as a whole, so its other members are sent too. `null` removes the name.
  const profile = { ...user.profile, about };
  user = await callAsMember("PATCH", "/me", { display_name: display_name || null, profile });
  writeUser();
  finish(byId("profile"), "profileSaved");
});

bind(byId("rename"), async (body) => {
  user = await callAsMember("PATCH", "/me", body);
  writeUser();
  finish(byId("rename"), "renamed");
});

bind(byId("member-verify"), async (body) => {
  user = await callAsMember("POST", "/email/verify", body);
  newEmail = null;
  finish(byId("member-verify"), "verified");
  writeUser();
});

onClick(byId("member-verify-resend"), async () => {
  if (newEmail) return requestNewCode();
  await callAsMember("POST", "/email/resend", {});
  toast(text("sent"));
});

async function requestNewCode() {
  await callConfirmed("PUT", "/me/email", { email: newEmail });
  toast(text("sent"));
}

bind(byId("change-address"), async (body) => {
  await callConfirmed("PUT", "/me/email", body);
  newEmail = body.email;
  finish(byId("change-address"));
  writeUser();
  byId("verification").open = true;
  byId("member-verify-code").focus();
});

bind(byId("change-password"), async (body) => {
  await callConfirmed("PUT", "/me/password", body);
  finish(byId("change-password"), "passwordChanged");
  await refreshSessions().catch(report);
});

bind(byId("remove"), async () => {
  await callConfirmed("DELETE", "/me");
  leave("removed");
});

/** Closes a form and shows a message. */
function finish(form, message = "") {
  clear(form, { values: true });
  form.closest("details").open = false;
  form.closest("details").querySelector("summary").focus();
  toast(text(message));
}

onClick(byId("logout"), async () => {
  await callAsMember("POST", "/logout");
  leave("loggedOut");
});

onClick(byId("revoke-others"), async () => {
  await callAsMember("DELETE", "/sessions");
  await refreshSessions();
  byId("sessions-title").focus();
  toast(text("othersRevoked"));
});

/** Revokes one session. A session that has already ended is no error. */
async function revokeSession(session, device) {
  try {
    await callAsMember("DELETE", `/sessions/${session.id}`);
  } catch (problem) {
    if (problem.code !== "session_not_found") throw problem;
  }
  await refreshSessions();
  byId("sessions-title").focus();
  toast(text("sessionRevoked", { device }));
}

onClick(byId("retry"), start);

addEventListener("hashchange", () => {
  if (user) return;
  takeInvitation();
  showNotice();
  show("visitor");
  offerPasskeyLogin(enter);
});

// When the page becomes visible again, sessions may have ended or started elsewhere.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && user) {
    refreshSessions().catch(report);
    refreshActivity();
  }
});

const languages = document.querySelectorAll("[data-language]");
for (const button of languages) {
  button.addEventListener("click", () => {
    rememberLanguage(button.dataset.language);
    showIn(button.dataset.language);
  });
}

/** Shows everything in a language. Texts of the service are in the old language, so they are cleared. */
function showIn(chosen) {
  setLanguage(chosen);
  for (const button of languages) button.ariaPressed = String(button.dataset.language === language());
  for (const form of document.forms) clear(form);
  toast("");
  writeUser();
  writeSecurity();
  writeActivity();
  writeTitle();
}

showIn(preferredLanguage());
start();
