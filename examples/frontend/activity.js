// Recent activity: the events of the account, and the download of everything that is stored about it.

import { withConfirmation } from "./confirmation.js";
import { describe } from "./device.js";
import { dateAndTime, text } from "./texts.js";
import { byId, onClick, phrases, report, toast } from "./view.js";

/** The events of one page. */
const limit = 10;

let events = [];
let nextCursor = null;
let call;

/** Binds the buttons. `callAsMember(method, path, body)` calls the service with the session. */
export function bindActivity(callAsMember) {
  call = callAsMember;
}

/** Loads the newest events, and reports a failure. */
export const refreshActivity = () => load().catch(report);

/** Forgets what was loaded, when the user logs out. */
export function leaveActivity() {
  events = [];
  nextCursor = null;
  writeActivity();
}

async function load(cursor) {
  const query = new URLSearchParams({ limit, ...(cursor && { cursor }) });
  const page = await call("GET", `/me/events?${query}`);
  events = cursor ? [...events, ...page.events] : page.events;
  nextCursor = page.next_cursor;
  writeActivity();
}

/** Writes the events in the page's language. */
export function writeActivity() {
  byId("activity").replaceChildren(...events.map(row));
  byId("activity-more").hidden = nextCursor === null;
}

function row({ type, at, actor, ip, user_agent, detail }) {
  const item = byId("event").content.cloneNode(true).firstElementChild;
  item.querySelector(".device").textContent = text(type) ?? type;
  const facts = [
    dateAndTime(detail?.last_at ?? at),
    detail?.count > 1 && text("times", { number: detail.count }),
    actor === "operator" && text("byOperator"),
    user_agent && describe(user_agent).name,
    ip,
  ];
  item.querySelector(".facts").append(...phrases(facts.filter(Boolean)));
  return item;
}

onClick(byId("activity-more"), async () => {
  try {
    await load(nextCursor);
  } catch (problem) {
    // A cursor is valid for a day.
    if (problem.code !== "cursor_invalid") throw problem;
    await load();
  }
});

onClick(byId("download"), async () => {
  const data = await withConfirmation(() => call("GET", "/me/export"));
  const file = new Blob([JSON.stringify(data, null, 2)], { type: "application/json" });
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: "account.json" });
  link.click();
  URL.revokeObjectURL(link.href);
  toast(text("downloaded"));
  await refreshActivity();
});
