// The browser's part of passkeys (WebAuthn Level 3).

import type { components } from "./schema.js";

type Schemas = components["schemas"];

/** The proof of a passkey, as the routes take it. */
export interface PasskeyProof {
  ceremony: string;
  credential: Record<string, unknown>;
}

/** How to let the user choose a passkey. */
export interface PasskeyChoice {
  /**
   * Offers passkeys among the suggestions of an input with `autocomplete="username webauthn"`, until
   * the user chooses one or `signal` aborts. Start it when the login form appears.
   */
  autofill?: boolean;
  /** Ends the offer. A browser runs one ceremony at a time, so abort it before another one. */
  signal?: AbortSignal;
}

/** Methods of `PublicKeyCredential` that the compiler's library lacks. */
interface Signals {
  signalAllAcceptedCredentials?(accepted: { rpId: string; userId: string; allAcceptedCredentialIds: string[] }): Promise<void>;
  signalCurrentUserDetails?(details: { rpId: string; userId: string; name: string; displayName: string }): Promise<void>;
}

/** The share of their life after which options are renewed. */
const RENEWAL = 0.9;

/** Returns whether this browser has passkeys, and reads and writes their JSON. */
export function hasPasskeys(): boolean {
  return "PublicKeyCredential" in globalThis && "parseRequestOptionsFromJSON" in PublicKeyCredential;
}

/** Creates a passkey. Throws a `DOMException` if the user cancels, or the device has one already. */
export async function createPasskey({ ceremony, options }: Schemas["PasskeyRegistrationOptions"]): Promise<PasskeyProof> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON);
  return proofOf(ceremony, await navigator.credentials.create({ publicKey }));
}

/**
 * Signs with a passkey that the user chooses. `request` returns the options. With `autofill` it is
 * called again before the options expire.
 */
export async function usePasskey(
  request: () => Promise<Schemas["PasskeyAssertionOptions"]>,
  { autofill = false, signal }: PasskeyChoice = {},
): Promise<PasskeyProof> {
  for (;;) {
    const { ceremony, options } = await request();
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON);
    const renewal = autofill ? AbortSignal.timeout(options.timeout * RENEWAL) : undefined;
    const signals = [signal, renewal].filter((each) => each !== undefined);
    try {
      const mediation = autofill ? "conditional" : "optional";
      return proofOf(ceremony, await navigator.credentials.get({ publicKey, mediation, signal: AbortSignal.any(signals) }));
    } catch (failure) {
      if (!renewal?.aborted || signal?.aborted) throw failure;
    }
  }
}

/** Informs the password manager which passkeys the account has and under which name, so that it hides the others. */
export async function signalPasskeys({ rp_id, user_handle, passkeys }: Schemas["SecondFactors"], user: Schemas["User"]): Promise<void> {
  if (rp_id === null || user_handle === null || !hasPasskeys()) return;
  const signals = PublicKeyCredential as Signals;
  const allAcceptedCredentialIds = passkeys.map(({ credential_id }) => credential_id);
  const displayName = user.display_name ?? user.username;
  await signals.signalAllAcceptedCredentials?.({ rpId: rp_id, userId: user_handle, allAcceptedCredentialIds });
  await signals.signalCurrentUserDetails?.({ rpId: rp_id, userId: user_handle, name: user.username, displayName });
}

function proofOf(ceremony: string, created: Credential | null): PasskeyProof {
  const credential = (created as PublicKeyCredential).toJSON() as Record<string, unknown>;
  return { ceremony, credential };
}
