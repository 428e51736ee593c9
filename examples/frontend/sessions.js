// Shows the list of sessions.

import { describe } from "./device.js";
import { ago, date, text } from "./texts.js";
import { byId, onClick, phrases } from "./view.js";

const hour = 3_600_000;

/** Shows the sessions, this device first, then by last use. A row's button calls `revoke(session, name)`. */
export function showSessions(sessions, revoke) {
  const ordered = sessions.toSorted((a, b) => b.current - a.current || b.last_seen_at.localeCompare(a.last_seen_at));
  byId("sessions").replaceChildren(...ordered.map((session) => row(session, revoke)));
  byId("revoke-others").hidden = sessions.length < 2;
}

function row(session, revoke) {
  const item = byId("session").content.cloneNode(true).firstElementChild;
  const { name, icon } = describe(session.user_agent);
  const button = item.querySelector("button");
  item.querySelector("use").setAttribute("href", `#${icon}`);
  item.querySelector(".device").textContent = name;
  item.querySelector(".device").title = session.user_agent ?? "";
  item.querySelector(".badge").hidden = !session.current;
  item.querySelector(".facts").append(...phrases(facts(session)));
  button.hidden = session.current;
  button.ariaLabel = text("revokeOn", { device: name });
  onClick(button, () => revoke(session, name));
  return item;
}

const facts = (session) => [session.ip, activity(session), text("until", { date: date(session.expires_at) })].filter(Boolean);

/** Returns the last use. The service records it once an hour at most, so the text is no more precise. */
function activity(session) {
  const age = Date.now() - Date.parse(session.last_seen_at);
  if (session.current) return text("activeNow");
  return age < hour ? text("activeRecently") : text("active", { ago: ago(age) });
}
