// Second factors and recognized devices: authenticator app, passkeys, recovery codes.

import { bind, clear, fill } from "./form.js";
import { withConfirmation } from "./confirmation.js";
import { config } from "./config.js";
import { createPasskey, hasPasskeys, signalPasskeys } from "./passkey.js";
import { date, text } from "./texts.js";
import { byId, onClick, phrases, report, toast } from "./view.js";

let factors = null;
let devices = [];
let user = null;
let call;

/** Binds the forms. `callAsMember(method, path, body)` calls the service with the session. */
export function bindSecurity(callAsMember) {
  call = callAsMember;
}

const callConfirmed = (method, path, body) => withConfirmation(() => call(method, path, body));

/** Loads the factors and devices of a user. */
export async function loadSecurity(member) {
  user = member;
  const [overview, list] = await Promise.all([call("GET", "/me/second-factors"), call("GET", "/me/devices")]);
  factors = overview;
  devices = list.devices;
  signalPasskeys(factors, user);
  writeSecurity();
}

/** Forgets what was loaded, when the user logs out. */
export function leaveSecurity() {
  factors = null;
  devices = [];
  hideTotpSetup();
  closeCodes();
  byId("passkey-dialog").close();
  writeSecurity();
}

/** Writes the factors in the page's language. */
export function writeSecurity() {
  const passkeys = factors?.passkeys ?? [];
  const isOn = Boolean(factors?.totp) || passkeys.length > 0;
  byId("security-state").textContent = factors ? text(isOn ? "securityOn" : "securityOff") : "";
  byId("totp-state").textContent = factors?.totp ? text("totpOn", { date: date(factors.totp.enabled_at) }) : text("totpOff");
  byId("totp-begin").hidden = Boolean(factors?.totp) || !byId("totp-setup").hidden;
  byId("totp-remove").hidden = !factors?.totp;
  byId("passkeys-part").hidden = !config?.passkeys || !hasPasskeys();
  byId("passkeys").replaceChildren(...passkeys.map(passkeyRow));
  byId("codes-part").hidden = !isOn;
  byId("codes-left").textContent = factors ? text("codesLeft", { number: factors.recovery_codes_left }) : "";
  byId("devices").replaceChildren(...devices.map(deviceRow));
  byId("forget-others").hidden = devices.length < 2;
}

async function reload() {
  await loadSecurity(user);
}

// Authenticator app

onClick(byId("totp-begin"), async () => {
  const { secret, qr_code } = await callConfirmed("POST", "/me/totp", {});
  byId("totp-qr").src = qr_code;
  byId("totp-secret").textContent = secret.match(/.{1,4}/g).join(" ");
  byId("totp-setup").hidden = false;
  byId("totp-begin").hidden = true;
  byId("totp-code").focus();
});

bind(byId("totp-setup"), async (body) => {
  const { recovery_codes } = await call("POST", "/me/totp/verify", body);
  hideTotpSetup();
  await reload();
  toast(text("totpEnabled"));
  if (recovery_codes) showCodes(recovery_codes);
});

onClick(byId("totp-cancel"), async () => {
  hideTotpSetup();
  writeSecurity();
});

function hideTotpSetup() {
  clear(byId("totp-setup"), { values: true });
  byId("totp-qr").removeAttribute("src");
  byId("totp-secret").textContent = "";
  byId("totp-setup").hidden = true;
}

onClick(byId("totp-remove"), async () => {
  await callConfirmed("DELETE", "/me/totp");
  await reload();
  toast(text("totpRemoved"));
});

// Passkeys

bind(byId("add-passkey"), async ({ name }) => {
  const options = await callConfirmed("POST", "/me/passkeys/options", {});
  const created = await createPasskey(options);
  const { recovery_codes } = await call("POST", "/me/passkeys", { ...created, name });
  clear(byId("add-passkey"), { values: true });
  await reload();
  toast(text("passkeyAdded"));
  if (recovery_codes) showCodes(recovery_codes);
});

function passkeyRow(passkey) {
  const { id, name, created_at, last_used_at } = passkey;
  const used = last_used_at ? text("lastUsed", { date: date(last_used_at) }) : text("neverUsed");
  return row({
    name,
    facts: [text("added", { date: date(created_at) }), used],
    actions: [
      { action: "renamePart", label: text("renameNamed", { name }), work: async () => openRename(passkey) },
      {
        action: "removePart",
        label: text("removeNamed", { name }),
        work: async () => {
          await callConfirmed("DELETE", `/me/passkeys/${id}`);
          await reload();
          toast(text("passkeyRemoved", { name }));
        },
      },
    ],
  });
}

let renamed;

function openRename(passkey) {
  renamed = passkey;
  clear(byId("rename-passkey"));
  fill(byId("rename-passkey"), passkey);
  byId("passkey-dialog").showModal();
}

bind(byId("rename-passkey"), async ({ name }) => {
  await call("PATCH", `/me/passkeys/${renamed.id}`, { name });
  byId("passkey-dialog").close();
  await reload();
  // The button that opened the dialog is gone.
  byId("passkeys-part").querySelector("summary").focus();
  toast(text("passkeyRenamed", { name }));
});

onClick(byId("rename-passkey-cancel"), async () => byId("passkey-dialog").close());

// Recovery codes

onClick(byId("renew-codes"), async () => {
  const { recovery_codes } = await callConfirmed("POST", "/me/recovery-codes", {});
  await reload();
  showCodes(recovery_codes);
});

function showCodes(codes) {
  byId("codes").replaceChildren(...codes.map((code) => Object.assign(document.createElement("li"), { textContent: code })));
  byId("codes-for").textContent = text("codesFor", { name: user.username });
  byId("codes-dialog").showModal();
}

function closeCodes() {
  byId("codes-dialog").close();
  byId("codes").replaceChildren();
}

onClick(byId("codes-print"), async () => print());
onClick(byId("codes-copy"), async () => {
  const codes = Array.from(byId("codes").children, (line) => line.textContent);
  await navigator.clipboard.writeText(codes.join("\n"));
  byId("codes-copy").dataset.text = "copied";
  byId("codes-copy").textContent = text("copied");
});
onClick(byId("codes-done"), async () => closeCodes());
byId("codes-dialog").addEventListener("close", () => {
  byId("codes").replaceChildren();
  byId("codes-copy").dataset.text = "copy";
  byId("codes-copy").textContent = text("copy");
});

// Devices

function deviceRow(device) {
  const trust = device.trusted_until ? text("trustedUntil", { date: date(device.trusted_until) }) : null;
  const used = device.last_used_at ? text("lastUsed", { date: date(device.last_used_at) }) : null;
  return row({
    name: text("deviceSince", { date: date(device.created_at) }),
    facts: [used, trust].filter(Boolean),
    isCurrent: device.current,
    actions: [{
      action: "forget",
      label: text("forgetNamed", { date: date(device.created_at) }),
      work: async () => {
        await call("DELETE", `/me/devices/${device.id}`);
        await reload();
        toast(text("deviceForgotten"));
      },
    }],
  });
}

onClick(byId("forget-others"), async () => {
  await call("DELETE", "/me/devices");
  await reload();
  toast(text("deviceForgotten"));
});

/** Returns a row of a list, with a button for each action. */
function row({ name, facts, isCurrent = false, actions }) {
  const item = byId("part").content.cloneNode(true).firstElementChild;
  item.querySelector(".device").textContent = name;
  item.querySelector(".badge").hidden = !isCurrent;
  item.querySelector(".facts").append(...phrases(facts));
  item.querySelector(".actions").append(...actions.map(actionButton));
  return item;
}

function actionButton({ action, label, work }) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: text(action) });
  button.dataset.text = action;
  button.ariaLabel = label;
  onClick(button, work);
  return button;
}

/** Loads the factors, and reports a failure. */
export const refreshSecurity = (member) => loadSecurity(member).catch(report);
