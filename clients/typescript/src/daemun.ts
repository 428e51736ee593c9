// The client: signup, login and recovery, which create sessions, and all calls with a session.

import type { LoggedIn, LogIn, LogInResult, LogInWithCode, ResetPassword, SecondStep, SessionRequest, SignUp, SignUpResult, User, VerifyEmail } from "./bodies.js";
import { withProof } from "./captcha.js";
import { dataOf } from "./connection.js";
import { DaemunError } from "./error.js";
import { FactorsAccount } from "./factors.js";
import { usePasskey, type PasskeyChoice } from "./passkeys.js";
import { hexOf } from "./proof.js";
import type { components } from "./schema.js";

type Schemas = components["schemas"];

/** A client of one service, for one user. */
export class Daemun extends FactorsAccount {
  /**
   * Creates an account and logs in. If the service requires a verified email first, the result is
   * `verification_required`, without a session. After a broken connection, retry with the same
   * `idempotencyKey`. If `config()` has `sign_up: "invited"`, the account needs an `invitation`.
   */
  async signUp(account: SignUp, { idempotencyKey = randomKey() }: { idempotencyKey?: string } = {}): Promise<SignUpResult> {
    const params = { header: { "Idempotency-Key": idempotencyKey } };
    const body = { ...account, transport: this.connection.transport };
    const created = await this.#proven((proof) => this.api.POST("/signup", { body: { ...body, ...proof }, params }));
    return "user" in created ? this.#loggedIn(created) : { status: "verification_required" };
  }

  /**
   * Logs in by username or email. If the account has a second factor, the result is
   * `second_factor_required`: continue with `completeLogIn`.
   */
  logIn(credentials: LogIn): Promise<LogInResult> {
    const body = { ...credentials, ...this.connection.sessionFields() };
    return this.#start(this.#proven((proof) => this.api.POST("/login", { body: { ...body, ...proof } })));
  }

  /**
   * Completes a login with a second factor. With `trust_device`, this device skips the second factor
   * from then on.
   */
  async completeLogIn(step: SecondStep): Promise<User> {
    return this.connection.startSession(await dataOf(this.api.POST("/login/second-factor", { body: step })));
  }

  /**
   * Completes a login with a passkey as the second factor. A ceremony that the user cancels throws a
   * `DOMException`.
   */
  async completeLogInWithPasskey({ challenge, ...step }: { challenge: string; trust_device?: boolean }): Promise<User> {
    const proof = await usePasskey(() => dataOf(this.api.POST("/login/second-factor/options", { body: { challenge } })));
    return this.completeLogIn({ challenge, ...step, ...proof });
  }

  /**
   * Logs in with a passkey, without a username or a password. With `autofill`, the browser offers
   * passkeys among the suggestions of the username. No second factor follows.
   */
  async logInWithPasskey({ remember, ...choice }: PasskeyChoice & { remember?: boolean } = {}): Promise<User> {
    const proof = await usePasskey(() => dataOf(this.api.POST("/login/passkey/options", { body: {} })), choice);
    const body = { ...proof, ...this.connection.sessionFields(remember === undefined ? {} : { remember }) };
    return this.connection.startSession(await dataOf(this.api.POST("/login/passkey", { body })));
  }

  /**
   * Requests a mail with a code for `logInWithCode`, if `config()` has `email_log_in`. The result does
   * not reveal whether the email is registered.
   */
  async requestLogInCode(request: Schemas["LogInCodeRequest"]): Promise<void> {
    await this.#proven((proof) => this.api.POST("/login/code", { body: { ...request, ...proof } }));
  }

  /** Logs in with the mailed code, without a password. The result is like that of `logIn`. */
  logInWithCode(credentials: LogInWithCode): Promise<LogInResult> {
    const body = { ...credentials, ...this.connection.sessionFields() };
    return this.#start(dataOf(this.api.POST("/login/code/verify", { body })));
  }

  /** Verifies an email by the mailed code or token. Without a session, needs the password too. */
  verifyEmail(proof: VerifyEmail): Promise<User>;
  /** Verifies an email with the password, and logs in. The result is like that of `logIn`. */
  verifyEmail(proof: VerifyEmail, session: SessionRequest): Promise<LogInResult>;
  async verifyEmail(proof: VerifyEmail, session?: SessionRequest): Promise<User | LogInResult> {
    const body = { ...proof, ...(session && this.connection.sessionFields(session)) };
    const verified = dataOf(this.api.POST("/email/verify", { body }));
    if (session) return this.#start(verified as Promise<Schemas["LoggedIn"]>);
    return this.#verified(proof, await (verified as Promise<User>));
  }

  /**
   * Requests the verification mail again. With an `email`, the result does not reveal whether it is
   * registered.
   */
  async resendVerification(request: Schemas["VerificationRequest"] = {}): Promise<void> {
    await dataOf(this.api.POST("/email/resend", { body: request }));
  }

  /**
   * Requests a mail for a password reset. The result does not reveal whether the email is
   * registered.
   */
  async forgotPassword(request: Schemas["ForgottenPassword"]): Promise<void> {
    await dataOf(this.api.POST("/password/forgot", { body: request }));
  }

  /** Sets a new password by the mailed code or token. Revokes every session of the account. */
  resetPassword(proof: ResetPassword): Promise<void>;
  /** Sets a new password, and logs in. The result is like that of `logIn`. */
  resetPassword(proof: ResetPassword, session: SessionRequest): Promise<LogInResult>;
  async resetPassword(proof: ResetPassword, session?: SessionRequest): Promise<LogInResult | void> {
    const body = { ...proof, ...(session && this.connection.sessionFields(session)) };
    const reset = dataOf(this.api.POST("/password/reset", { body }));
    if (session) return this.#start(reset as Promise<Schemas["LoggedIn"]>);
    await reset;
  }

  /** Sends a request, with a proof of work if the service requires one. */
  #proven<T>(send: (proof: { captcha?: string }) => Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
    return withProof((proof) => dataOf(send(proof)), () => dataOf(this.api.GET("/captcha")));
  }

  /** Returns the result of a login whose second factor may be missing. */
  async #start(opened: Promise<Schemas["LoggedIn"]>): Promise<LogInResult> {
    try {
      return this.#loggedIn(await opened);
    } catch (error) {
      if (!(error instanceof DaemunError) || error.code !== "second_factor_required" || error.challenge === undefined) throw error;
      return { status: "second_factor_required", challenge: error.challenge, methods: error.methods };
    }
  }

  #loggedIn(opened: Schemas["LoggedIn"]): LoggedIn {
    return { status: "logged_in", user: this.connection.startSession(opened) };
  }

  /** Informs the listeners if the verified account is that of the session: a password names any account. */
  #verified({ password }: VerifyEmail, user: User): User {
    return password == null ? this.connection.changed(user) : user;
  }
}

/**
 * Returns a key of 128 random bits. `crypto.randomUUID` exists in secure contexts only; this works
 * on plain-http pages too.
 */
function randomKey(): string {
  return hexOf(crypto.getRandomValues(new Uint8Array(16)));
}
