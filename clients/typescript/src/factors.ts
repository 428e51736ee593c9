// Second factors: authenticator apps, recovery codes and passkeys, and the confirmation of a session.

import { Account } from "./account.js";
import type { Confirmation, Passkey, RegisteredPasskey, SecondFactors, TotpSetup } from "./bodies.js";
import { dataOf } from "./connection.js";
import { createPasskey, signalPasskeys, usePasskey } from "./passkeys.js";

export class FactorsAccount extends Account {
  /**
   * Presents the password again and, if the account has one, a second factor. Needed before a call
   * that throws `confirmation_required`; lasts ten minutes.
   */
  async confirm(confirmation: Confirmation): Promise<void> {
    await dataOf(this.api.POST("/me/confirm", { body: confirmation }));
  }

  /** Confirms the session with a passkey, instead of `confirm`. */
  async confirmWithPasskey(): Promise<void> {
    await this.confirm(await usePasskey(() => dataOf(this.api.POST("/me/confirm/options", { body: {} }))));
  }

  /** Returns the account's second factors. */
  secondFactors(): Promise<SecondFactors> {
    return dataOf(this.api.GET("/me/second-factors"));
  }

  /**
   * Begins to set up an authenticator app: show `qr_code`, and `secret` beside it. Needs a confirmed
   * session.
   */
  setUpTotp(): Promise<TotpSetup> {
    return dataOf(this.api.POST("/me/totp", { body: {} }));
  }

  /**
   * Enables the authenticator app by its code. Returns ten recovery codes if it is the first second
   * factor: show them once.
   */
  async enableTotp(code: string): Promise<string[]> {
    return (await dataOf(this.api.POST("/me/totp/verify", { body: { code } }))).recovery_codes ?? [];
  }

  /** Removes the authenticator app. Needs a confirmed session. */
  async disableTotp(): Promise<void> {
    await dataOf(this.api.DELETE("/me/totp"));
  }

  /** Replaces the recovery codes. Returns ten new ones. Needs a confirmed session. */
  async renewRecoveryCodes(): Promise<string[]> {
    return (await dataOf(this.api.POST("/me/recovery-codes", { body: {} }))).recovery_codes;
  }

  /**
   * Creates a passkey in the browser and registers it. Returns ten recovery codes too if it is the
   * first second factor: show them once. Needs a confirmed session.
   */
  async addPasskey(name: string): Promise<RegisteredPasskey> {
    const proof = await createPasskey(await dataOf(this.api.POST("/me/passkeys/options", { body: {} })));
    return dataOf(this.api.POST("/me/passkeys", { body: { ...proof, name } }));
  }

  renamePasskey(id: string, name: string): Promise<Passkey> {
    return dataOf(this.api.PATCH("/me/passkeys/{id}", { params: { path: { id } }, body: { name } }));
  }

  /** Removes a passkey. Needs a confirmed session. Call `signalPasskeys` afterwards. */
  async removePasskey(id: string): Promise<void> {
    await dataOf(this.api.DELETE("/me/passkeys/{id}", { params: { path: { id } } }));
  }

  /**
   * Informs the user's password manager which passkeys the account has, so that it hides removed ones.
   * Call it after a login, and after a change of passkeys or of the username.
   */
  async signalPasskeys(): Promise<void> {
    const [factors, user] = await Promise.all([this.secondFactors(), this.me()]);
    await signalPasskeys(factors, user);
  }
}
