// Typed functions for daemun's routes, with errors and transports. `schema.ts` is generated from
// the OpenAPI document.

import createClient, { type Client } from "openapi-fetch";

import { DaemunError } from "./error.js";
import { createPasskey, signalPasskeys, usePasskey, type PasskeyChoice } from "./passkeys.js";
import type { components, paths } from "./schema.js";

export { DaemunError, type Code, type FieldError, type Problem } from "./error.js";
export { hasPasskeys, type PasskeyChoice } from "./passkeys.js";
export type { components, paths } from "./schema.js";

type Schemas = components["schemas"];

export type User = Schemas["User"];
export type Session = Schemas["Session"];
export type NewSession = Schemas["NewSession"];
export type CurrentSession = Schemas["CurrentSession"];
export type Config = Schemas["Config"];
export type SignUp = Omit<Schemas["SignUp"], "transport">;
export type LogIn = Omit<Schemas["LogIn"], "transport" | "device_token">;
export type LogInWithCode = Omit<Schemas["LogInWithCode"], "transport" | "device_token">;
export type VerifyEmail = Omit<Schemas["VerifyEmail"], SessionField>;
export type Confirmation = Schemas["Confirmation"];
export type SecondFactors = Schemas["SecondFactors"];
export type Passkey = Schemas["Passkey"];
export type RegisteredPasskey = Schemas["RegisteredPasskey"];
export type TotpSetup = Schemas["TotpSetup"];
export type Device = Schemas["Device"];
export type Event = Schemas["Event"];
export type Events = Schemas["Events"];
export type Export = Schemas["Export"];
export type SecondStep = Schemas["LogInWithSecondFactor"];
export type ResetPassword = Omit<Schemas["ResetPassword"], SessionField>;

/** The fields that `SessionRequest` and the client's own transport and device token fill in. */
type SessionField = "transport" | "remember" | "device_token";

/** Requests a session beside a verification or a reset. */
export interface SessionRequest {
  logIn: true;
  /** Keeps the session when the browser is closed. */
  remember?: boolean;
}

export interface Options {
  /** The service's URL. The default is the page's own origin. */
  baseUrl?: string;
  /**
   * `cookie`: the session is an HttpOnly cookie that no script can read; for pages of the service's
   * site.
   * `token`: this object holds the session token; for all other clients. Save `token` to keep the
   * session longer than the object.
   */
  transport: "cookie" | "token";
  /** A saved session token. */
  token?: string | undefined;
  /** A saved device token, by which the service recognizes this device. */
  deviceToken?: string | undefined;
  /**
   * Called when a request needs a session and there is none, or none any more: show the login form.
   * A login that fails or that needs a second factor does not call it.
   */
  onUnauthenticated?: () => void;
  /** A replacement for the platform's `fetch`. */
  fetch?: (request: Request) => Promise<Response>;
}

/** Seconds for which a cached access token must still be valid to be returned again. */
const MIN_REMAINING_SECONDS = 60;

/** A client of one service, for one user. */
export class Daemun {
  /** Every route by path and method, typed: for routes without a function of their own. */
  readonly api: Client<paths>;
  readonly #transport: "cookie" | "token";
  #token: string | undefined;
  #deviceToken: string | undefined;
  #accessToken: { token: string; until: number } | undefined;

  constructor({ baseUrl = "", transport, token, deviceToken, onUnauthenticated, fetch }: Options) {
    this.#transport = transport;
    this.#token = token;
    this.#deviceToken = deviceToken;
    const credentials = transport === "cookie" ? "include" : "omit";
    this.api = createClient<paths>({ baseUrl, credentials, ...(fetch && { fetch }) });
    this.api.use({
      onRequest: ({ request }) => {
        if (this.#token !== undefined) request.headers.set("Authorization", `Bearer ${this.#token}`);
        return request;
      },
      onResponse: async ({ response, schemaPath }) => {
        // A logout of a session that has ended is no news.
        if (!onUnauthenticated || response.status !== 401 || schemaPath === "/logout") return;
        if (await codeOf(response) === "not_authenticated") onUnauthenticated();
      },
    });
  }

  /**
   * The session token; `undefined` with cookies and without a session. Save it where only the user
   * can read it.
   */
  get token(): string | undefined {
    return this.#token;
  }

  /** The token by which the service recognizes this device. Keep it after a logout. */
  get deviceToken(): string | undefined {
    return this.#deviceToken;
  }

  /**
   * Creates an account and logs in. If the service requires a verified email first, returns
   * `undefined` and opens no session. After a broken connection, retry with the same
   * `idempotencyKey`. If `config()` has `sign_up: "invited"`, the account needs an `invitation`.
   */
  async signUp(account: SignUp, { idempotencyKey = randomKey() }: { idempotencyKey?: string } = {}): Promise<User | undefined> {
    const body = { ...account, transport: this.#transport };
    const params = { header: { "Idempotency-Key": idempotencyKey } };
    const created = await dataOf(this.api.POST("/signup", { body, params }));
    return "user" in created ? this.#startSession(created) : undefined;
  }

  /**
   * Logs in by username or email. If the account has a second factor, throws `second_factor_required`
   * with `challenge` and `methods`: continue with `completeLogIn`.
   */
  async logIn(credentials: LogIn): Promise<User> {
    const body = { ...credentials, ...this.#sessionFields() };
    return this.#startSession(await dataOf(this.api.POST("/login", { body })));
  }

  /**
   * Completes a login with a second factor. A challenge is valid for five minutes and five tries. With
   * `trust_device`, this device skips the second factor from then on.
   */
  async completeLogIn(step: SecondStep): Promise<User> {
    return this.#startSession(await dataOf(this.api.POST("/login/second-factor", { body: step })));
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
   * passkeys among the suggestions of the username.
   */
  async logInWithPasskey({ remember, ...choice }: PasskeyChoice & { remember?: boolean } = {}): Promise<User> {
    const proof = await usePasskey(() => dataOf(this.api.POST("/login/passkey/options", { body: {} })), choice);
    const body = { ...proof, ...this.#sessionFields(remember === undefined ? {} : { remember }) };
    return this.#startSession(await dataOf(this.api.POST("/login/passkey", { body })));
  }

  /**
   * Requests a mail with a code for `logInWithCode`, if `config()` has `email_log_in`. The result does
   * not reveal whether the email is registered.
   */
  async requestLogInCode(request: Schemas["LogInCodeRequest"]): Promise<void> {
    await dataOf(this.api.POST("/login/code", { body: request }));
  }

  /**
   * Logs in with the mailed code, without a password. If the account has a second factor, throws
   * `second_factor_required` like `logIn`.
   */
  async logInWithCode(credentials: LogInWithCode): Promise<User> {
    const body = { ...credentials, ...this.#sessionFields() };
    return this.#startSession(await dataOf(this.api.POST("/login/code/verify", { body })));
  }

  /** Confirms the session with a passkey, instead of `confirm`. */
  async confirmWithPasskey(): Promise<void> {
    await this.confirm(await usePasskey(() => dataOf(this.api.POST("/me/confirm/options", { body: {} }))));
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

  /**
   * Presents the password again and, if the account has one, a second factor. Needed before a call
   * that throws `confirmation_required`; lasts ten minutes.
   */
  async confirm(confirmation: Confirmation): Promise<void> {
    await dataOf(this.api.POST("/me/confirm", { body: confirmation }));
  }

  /** Revokes the session. A session that has already ended is no error. */
  async logOut(): Promise<void> {
    try {
      await dataOf(this.api.POST("/logout"));
    } catch (error) {
      if (!(error instanceof DaemunError && error.code === "not_authenticated")) throw error;
    }
    this.#setToken({});
  }

  /**
   * Returns the current user and session; both are `null` without a session. Throws
   * `not_authenticated` if the saved `token` has expired.
   */
  session(): Promise<CurrentSession> {
    return dataOf(this.api.GET("/session"));
  }

  /** Returns the modes of signup, CAPTCHA and email verification, and the lengths of fields. */
  config(): Promise<Config> {
    return dataOf(this.api.GET("/config"));
  }

  /** Returns the current user. Throws `not_authenticated` without a session. */
  me(): Promise<User> {
    return dataOf(this.api.GET("/me"));
  }

  /**
   * Changes the username, the display name and the profile. `null` removes the display name or empties
   * the profile; an absent field stays as it is.
   */
  updateMe(change: Schemas["UserChange"]): Promise<User> {
    return dataOf(this.api.PATCH("/me", { body: change }));
  }

  /**
   * Changes the password and revokes all other sessions. With a second factor, needs a confirmed
   * session.
   */
  async changePassword(change: Schemas["PasswordChange"]): Promise<void> {
    await dataOf(this.api.PUT("/me/password", { body: change }));
  }

  /**
   * Verifies an email by the mailed code or token. Without a session, needs the password too. With
   * the password and `logIn`, also logs in.
   */
  async verifyEmail(proof: VerifyEmail, session?: SessionRequest): Promise<User> {
    const body = { ...proof, ...(session && this.#sessionFields(session)) };
    const verified = await dataOf(this.api.POST("/email/verify", { body }));
    return "session" in verified ? this.#startSession(verified) : verified;
  }

  /**
   * Requests the verification mail again. With an `email`, the result does not reveal whether it is
   * registered.
   */
  async resendVerification(request: Schemas["VerificationRequest"] = {}): Promise<void> {
    await dataOf(this.api.POST("/email/resend", { body: request }));
  }

  /**
   * Requests a change of email. Nothing changes until the new email is verified. Needs a confirmed
   * session.
   */
  async changeEmail(change: Schemas["EmailChange"]): Promise<void> {
    await dataOf(this.api.PUT("/me/email", { body: change }));
  }

  /**
   * Requests a mail for a password reset. The result does not reveal whether the email is
   * registered.
   */
  async forgotPassword(request: Schemas["ForgottenPassword"]): Promise<void> {
    await dataOf(this.api.POST("/password/forgot", { body: request }));
  }

  /**
   * Sets a new password by the mailed code or token. Revokes every session of the account. With
   * `logIn`, also logs in and returns the user.
   */
  resetPassword(proof: ResetPassword): Promise<void>;
  resetPassword(proof: ResetPassword, session: SessionRequest): Promise<User>;
  async resetPassword(proof: ResetPassword, session?: SessionRequest): Promise<User | void> {
    const body = { ...proof, ...(session && this.#sessionFields(session)) };
    const opened = await dataOf(this.api.POST("/password/reset", { body }));
    if (opened !== undefined) return this.#startSession(opened);
  }

  /**
   * Returns the events of the account, newest first: 50, or `limit`. For the next page, pass its
   * `next_cursor`, which is valid for a day.
   */
  events(page: { cursor?: string; limit?: number } = {}): Promise<Events> {
    return dataOf(this.api.GET("/me/events", { params: { query: page } }));
  }

  /** Returns everything that is stored about the account. Needs a confirmed session. */
  exportMe(): Promise<Export> {
    return dataOf(this.api.GET("/me/export"));
  }

  /** Deletes the account and all its data. Needs a confirmed session. */
  async deleteMe(): Promise<void> {
    await dataOf(this.api.DELETE("/me"));
    this.#setToken({});
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

  /** Returns the devices that the service recognizes. */
  async devices(): Promise<Device[]> {
    return (await dataOf(this.api.GET("/me/devices"))).devices;
  }

  async forgetDevice(id: string): Promise<void> {
    await dataOf(this.api.DELETE("/me/devices/{id}", { params: { path: { id } } }));
  }

  async forgetOtherDevices(): Promise<void> {
    await dataOf(this.api.DELETE("/me/devices"));
  }

  /** Returns the account's sessions, newest first. */
  async sessions(): Promise<Session[]> {
    return (await dataOf(this.api.GET("/sessions"))).sessions;
  }

  async endSession(id: string): Promise<void> {
    await dataOf(this.api.DELETE("/sessions/{id}", { params: { path: { id } } }));
  }

  async endOtherSessions(): Promise<void> {
    await dataOf(this.api.DELETE("/sessions"));
  }

  /**
   * Returns an access token for your other services, valid for at least a minute. Renews a cached
   * token that is about to expire.
   */
  async accessToken(): Promise<string> {
    if (this.#accessToken === undefined || this.#accessToken.until < performance.now()) {
      const requestedAt = performance.now();
      const { access_token, expires_in } = await dataOf(this.api.POST("/token"));
      this.#accessToken = { token: access_token, until: requestedAt + (expires_in - MIN_REMAINING_SECONDS) * 1000 };
    }
    return this.#accessToken.token;
  }

  /** Returns the fields that request a session for this client. */
  #sessionFields({ remember }: { remember?: boolean } = {}) {
    const device = this.#transport === "token" && this.#deviceToken !== undefined ? { device_token: this.#deviceToken } : {};
    return { ...device, ...(remember !== undefined && { remember }), transport: this.#transport };
  }

  #startSession({ user, session, device_token }: Schemas["LoggedIn"]): User {
    this.#deviceToken = device_token ?? this.#deviceToken;
    this.#setToken(session);
    return user;
  }

  #setToken({ token }: { token?: string }): void {
    this.#token = token;
    this.#accessToken = undefined;
  }
}

/**
 * Returns a key of 128 random bits. `crypto.randomUUID` exists in secure contexts only; this works
 * on plain-http pages too.
 */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Returns the code of a problem, without consuming the response. */
async function codeOf(response: Response): Promise<unknown> {
  const body: unknown = await response.clone().json().catch(() => undefined);
  return new DaemunError(response, body).code;
}

/** Returns the body of a successful response, or throws a {@link DaemunError}. */
async function dataOf<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw new DaemunError(response, error);
  return data as T;
}
