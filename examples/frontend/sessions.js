// The list of sessions as rows of the page. How one is ended is the caller's.

import { describe } from "./device.js";
import { ago, date, text } from "./texts.js";
import { onClick, part, phrases } from "./view.js";

const hour = 3_600_000;

/** Writes the list, this device first, then by last use. `end(session, name)` is called for a row's button. */
export function writeSessions(sessions, end) {
  const ordered = sessions.toSorted((a, b) => b.current - a.current || b.last_seen_at.localeCompare(a.last_seen_at));
  part("sessions").replaceChildren(...ordered.map((session) => row(session, end)));
  part("end-others").hidden = sessions.length < 2;
}

function row(session, end) {
  const item = part("session").content.cloneNode(true).firstElementChild;
  const { name, icon } = describe(session.user_agent);
  const button = item.querySelector("button");
  item.querySelector("use").setAttribute("href", `#${icon}`);
  item.querySelector(".device").textContent = name;
  item.querySelector(".device").title = session.user_agent ?? "";
  item.querySelector(".badge").hidden = !session.current;
  item.querySelector(".facts").append(...phrases(facts(session)));
  button.hidden = session.current;
  button.ariaLabel = text("endOn", { device: name });
  onClick(button, () => end(session, name));
  return item;
}

const facts = (session) => [session.ip, activity(session), text("until", { date: date(session.expires_at) })].filter(Boolean);

/** The service notes a session's use once an hour at most, so anything finer would be made up. */
function activity(session) {
  const age = Date.now() - Date.parse(session.last_seen_at);
  if (session.current) return text("activeNow");
  return age < hour ? text("activeLately") : text("active", { ago: ago(age) });
}
