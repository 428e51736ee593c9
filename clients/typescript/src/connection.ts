// The connection of one user to the service: the transport, the tokens, and who is informed when the session changes.

import createClient, { type Client } from "openapi-fetch";

import { DaemunError } from "./error.js";
import type { components, paths } from "./schema.js";

type Schemas = components["schemas"];

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

/** Called with the user after a login or a change, and with `null` after a logout or the end of a session. */
export type SessionListener = (user: Schemas["User"] | null) => void;

/** Seconds for which a cached access token must still be valid to be returned again. */
const MIN_REMAINING_SECONDS = 60;

export class Connection {
  readonly api: Client<paths>;
  readonly transport: "cookie" | "token";
  token: string | undefined;
  deviceToken: string | undefined;
  readonly listeners = new Set<SessionListener>();
  #accessToken: { token: string; until: number } | undefined;

  constructor({ baseUrl = "", transport, token, deviceToken, onUnauthenticated, fetch }: Options) {
    this.transport = transport;
    this.token = token;
    this.deviceToken = deviceToken;
    const credentials = transport === "cookie" ? "include" : "omit";
    this.api = createClient<paths>({ baseUrl, credentials, ...(fetch && { fetch }) });
    this.api.use({
      onRequest: ({ request }) => {
        if (this.token !== undefined) request.headers.set("Authorization", `Bearer ${this.token}`);
        return request;
      },
      onResponse: async ({ response, schemaPath }) => {
        // A logout of a session that has ended is no news.
        if (response.status !== 401 || schemaPath === "/logout") return;
        if (await codeOf(response) !== "not_authenticated") return;
        onUnauthenticated?.();
        this.inform(null);
      },
    });
  }

  /** Returns the fields that request a session for this client. */
  sessionFields({ remember }: { remember?: boolean } = {}) {
    const device = this.transport === "token" && this.deviceToken !== undefined ? { device_token: this.deviceToken } : {};
    return { ...device, ...(remember !== undefined && { remember }), transport: this.transport };
  }

  startSession({ user, session, device_token }: Schemas["LoggedIn"]): Schemas["User"] {
    this.deviceToken = device_token ?? this.deviceToken;
    this.#setToken(session.token);
    return this.changed(user);
  }

  endSession(): void {
    this.#setToken(undefined);
    this.inform(null);
  }

  /** Informs the listeners of the user as it is now, and returns the user. */
  changed(user: Schemas["User"]): Schemas["User"] {
    this.inform(user);
    return user;
  }

  inform(user: Schemas["User"] | null): void {
    for (const listener of this.listeners) listener(user);
  }

  async accessToken(): Promise<string> {
    if (this.#accessToken === undefined || this.#accessToken.until < performance.now()) {
      const requestedAt = performance.now();
      const { access_token, expires_in } = await dataOf(this.api.POST("/token"));
      this.#accessToken = { token: access_token, until: requestedAt + (expires_in - MIN_REMAINING_SECONDS) * 1000 };
    }
    return this.#accessToken.token;
  }

  #setToken(token: string | undefined): void {
    this.token = token;
    this.#accessToken = undefined;
  }
}

/** Returns the code of a problem, without consuming the response. */
async function codeOf(response: Response): Promise<unknown> {
  const body: unknown = await response.clone().json().catch(() => undefined);
  return new DaemunError(response, body).code;
}

/** Returns the body of a successful response, or throws a {@link DaemunError}. */
export async function dataOf<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw new DaemunError(response, error);
  return data as T;
}
