// daemun's routes as functions. `schema.ts` is generated from the OpenAPI document; what stands here adds errors and transports.

import createClient, { type Client } from "openapi-fetch";

import { Refusal } from "./refusal.js";
import type { components, paths } from "./schema.js";

export { Refusal, type Code, type FieldError, type Problem } from "./refusal.js";
export type { components, paths } from "./schema.js";

type Schemas = components["schemas"];

export type User = Schemas["User"];
export type Session = Schemas["Session"];
export type OpenedSession = Schemas["OpenedSession"];
export type SignUp = Omit<Schemas["SignUp"], "transport">;
export type LogIn = Omit<Schemas["LogIn"], "transport" | "device_token">;

export interface Options {
  /** Where the service is. Without it, the page's own origin. */
  baseUrl?: string;
  /**
   * `cookie`, for a page of the service's site: an HttpOnly cookie, which no script reads. `token`, for everything else: the session's
   * token is kept by this object alone, and goes with it unless `token` is saved.
   */
  transport: "cookie" | "token";
  /** A session's token from before. */
  token?: string | undefined;
  /** By which the service knows this device again, from before. */
  deviceToken?: string | undefined;
  /** In place of the platform's. */
  fetch?: (request: Request) => Promise<Response>;
}

/** Seconds that a token for neighbours must be good for still, to be handed out again. */
const SPARE = 60;

/** A client of one service, for one person. */
export class Daemun {
  /** Every route by its path and method, typed: for what has no function here. */
  readonly api: Client<paths>;
  readonly #transport: "cookie" | "token";
  #token: string | undefined;
  #deviceToken: string | undefined;
  #accessToken: { token: string; until: number } | undefined;

  constructor({ baseUrl = "", transport, token, deviceToken, fetch }: Options) {
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
    });
  }

  /** The session's token, to be saved where only its owner reads it; `undefined` with cookies and when nobody is logged in. */
  get token(): string | undefined {
    return this.#token;
  }

  /** By which the service knows this device again; it outlives sessions. */
  get deviceToken(): string | undefined {
    return this.#deviceToken;
  }

  /**
   * Makes an account and logs in. Nobody is logged in yet, and `undefined` comes back, where the service wants the mailbox to be verified
   * first. With the same `idempotencyKey` it may be tried again after a broken connection.
   */
  async signUp(account: SignUp, { idempotencyKey = randomKey() }: { idempotencyKey?: string } = {}): Promise<User | undefined> {
    const body = { ...account, transport: this.#transport };
    const params = { header: { "Idempotency-Key": idempotencyKey } };
    const answer = await done(this.api.POST("/signup", { body, params }));
    return "user" in answer ? this.#entered(answer) : undefined;
  }

  /** Logs in by user name or e-mail address. */
  async logIn(who: LogIn): Promise<User> {
    const device = this.#transport === "token" && this.#deviceToken !== undefined ? { device_token: this.#deviceToken } : {};
    const body = { ...who, ...device, transport: this.#transport };
    return this.#entered(await done(this.api.POST("/login", { body })));
  }

  /** Ends the session, which may have ended already. */
  async logOut(): Promise<void> {
    try {
      await done(this.api.POST("/logout"));
    } catch (error) {
      if (!(error instanceof Refusal && error.code === "not_authenticated")) throw error;
    }
    this.#remember({});
  }

  /** Who is logged in. Nobody is a {@link Refusal} with `not_authenticated`. */
  me(): Promise<User> {
    return done(this.api.GET("/me"));
  }

  updateMe(change: Schemas["UserChange"]): Promise<User> {
    return done(this.api.PATCH("/me", { body: change }));
  }

  /** Ends every other session too. */
  async changePassword(change: Schemas["PasswordChange"]): Promise<void> {
    await done(this.api.PUT("/me/password", { body: change }));
  }

  /** Verifies the mailbox by what was mailed to it: with the password too, unless somebody is logged in. */
  verifyEmail(proof: Schemas["VerifyEmail"]): Promise<User> {
    return done(this.api.POST("/email/verify", { body: proof }));
  }

  /** Asks for the mail again. Of an address, and not of who is logged in, nobody is told whether it has an account. */
  async resendVerification(whom: Schemas["VerificationRequest"] = {}): Promise<void> {
    await done(this.api.POST("/email/resend", { body: whom }));
  }

  /** Nothing changes before the new address is verified. */
  async changeEmail(change: Schemas["EmailChange"]): Promise<void> {
    await done(this.api.PUT("/me/email", { body: change }));
  }

  /** Asks for a mail by which the password can be set anew, if the address has an account, which nobody is told. */
  async forgotPassword(whom: Schemas["ForgottenPassword"]): Promise<void> {
    await done(this.api.POST("/password/forgot", { body: whom }));
  }

  /** Sets the password by what was mailed. Every session of the account ends. */
  async resetPassword(proof: Schemas["ResetPassword"]): Promise<void> {
    await done(this.api.POST("/password/reset", { body: proof }));
  }

  /** Deletes the account and all of it. */
  async deleteMe(confirmation: Schemas["Confirmation"]): Promise<void> {
    await done(this.api.DELETE("/me", { body: confirmation }));
    this.#remember({});
  }

  /** Where one is logged in, the newest first. */
  async sessions(): Promise<Session[]> {
    return (await done(this.api.GET("/sessions"))).sessions;
  }

  async endSession(id: string): Promise<void> {
    await done(this.api.DELETE("/sessions/{id}", { params: { path: { id } } }));
  }

  async endOtherSessions(): Promise<void> {
    await done(this.api.DELETE("/sessions"));
  }

  /** A token to show to neighbours of the service, good for a minute at least; a new one is asked for only when that is needed. */
  async accessToken(): Promise<string> {
    if (this.#accessToken === undefined || this.#accessToken.until < performance.now()) {
      const asked = performance.now();
      const { access_token, expires_in } = await done(this.api.POST("/token"));
      this.#accessToken = { token: access_token, until: asked + (expires_in - SPARE) * 1000 };
    }
    return this.#accessToken.token;
  }

  #entered({ user, session, device_token }: Schemas["LoggedIn"]): User {
    this.#deviceToken = device_token ?? this.#deviceToken;
    this.#remember(session);
    return user;
  }

  #remember({ token }: { token?: string }): void {
    this.#token = token;
    this.#accessToken = undefined;
  }
}

/** A key of 128 random bits. `crypto.randomUUID` exists in secure contexts only; this works on plain-http pages too. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What came back, or a {@link Refusal}. */
async function done<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw new Refusal(response, error);
  return data as T;
}
