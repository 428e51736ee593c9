// Passkeys: the browser's part of each ceremony, and the signals that keep password managers up to date.

import { call, Problem } from "./api.js";

/** Whether this browser has passkeys, and reads and writes their JSON. */
export const hasPasskeys = () => globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON !== undefined;

/** Creates a passkey. Returns the fields that `POST /me/passkeys` takes beside a name. */
export async function createPasskey({ ceremony, options }) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return { ceremony, credential: await run(() => navigator.credentials.create({ publicKey })) };
}

/** Signs with a passkey. Returns the fields of a login, a second step or a confirmation. */
export async function usePasskey({ ceremony, options }, more = {}) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return { ceremony, credential: await run(() => navigator.credentials.get({ publicKey, ...more })) };
}

async function run(ceremony) {
  stopOffer();
  try {
    return (await ceremony()).toJSON();
  } catch (failure) {
    // The browser says no more, so that a page does not learn which passkeys exist.
    console.info(failure);
    throw new Problem(0, { code: failure.name === "InvalidStateError" ? "passkeyExists" : "passkeyCancelled" });
  }
}

let offer;

/** Ends the offer of passkeys in the login form. A browser runs one ceremony at a time. */
export function stopOffer() {
  offer?.abort();
  offer = undefined;
}

/**
 * Offers passkeys among the suggestions of the username's input (`autocomplete="username webauthn"`). The options expire, so
 * they are renewed before that. `logIn(fields)` is called with the passkey that the user chose.
 */
export async function offerPasskeys(logIn) {
  stopOffer();
  const mine = (offer = new AbortController());
  if (!hasPasskeys() || !(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  while (!mine.signal.aborted) {
    try {
      const { ceremony, options } = await call("POST", "/login/passkey/options", {});
      const renewal = AbortSignal.timeout(options.timeout * 0.9);
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
      const signal = AbortSignal.any([mine.signal, renewal]);
      const credential = await navigator.credentials.get({ mediation: "conditional", publicKey, signal }).catch((failure) => {
        if (!renewal.aborted) throw failure;
      });
      if (credential) return await logIn({ ceremony, credential: credential.toJSON() });
    } catch {
      // The login form still works. The button shows what is wrong.
      return;
    }
  }
}

/**
 * Informs the browser's password manager which passkeys the account has, and under which name, so that it hides removed ones. A
 * login that fails is no reason to hide a passkey: `passkey_invalid` has many causes.
 */
export function signalPasskeys({ rp_id: rpId, user_handle: userId, passkeys }, user) {
  if (!rpId || !userId || !hasPasskeys()) return;
  const allAcceptedCredentialIds = passkeys.map((passkey) => passkey.credential_id);
  const displayName = user.display_name ?? user.username;
  Promise.all([
    PublicKeyCredential.signalAllAcceptedCredentials?.({ rpId, userId, allAcceptedCredentialIds }),
    PublicKeyCredential.signalCurrentUserDetails?.({ rpId, userId, name: user.username, displayName }),
  ]).catch(console.info);
}
