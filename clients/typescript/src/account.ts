// Calls with a session: the caller's own account, its sessions, devices and events, and access tokens.

import { DaemunError } from "./error.js";
import type { Config, CurrentSession, Device, Events, Export, Session, User } from "./bodies.js";
import { Connection, dataOf, type Options, type SessionListener } from "./connection.js";
import type { components, paths } from "./schema.js";
import type { Client } from "openapi-fetch";

type Schemas = components["schemas"];

export class Account {
  /** Every route by path and method, typed: for routes without a function of their own. */
  readonly api: Client<paths>;
  protected readonly connection: Connection;

  constructor(options: Options) {
    this.connection = new Connection(options);
    this.api = this.connection.api;
  }

  /**
   * The session token; `undefined` with cookies and without a session. Save it where only the user
   * can read it.
   */
  get token(): string | undefined {
    return this.connection.token;
  }

  /** The token by which the service recognizes this device. Keep it after a logout. */
  get deviceToken(): string | undefined {
    return this.connection.deviceToken;
  }

  /**
   * Calls `listener` with the user after a login or a change of the user, and with `null` after a
   * logout or the end of the session. Returns a function that ends the subscription. Changes that
   * other tabs make are not seen: call `session` when the tab becomes visible.
   */
  onSessionChange(listener: SessionListener): () => void {
    this.connection.listeners.add(listener);
    return () => void this.connection.listeners.delete(listener);
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
  async updateMe(change: Schemas["UserChange"]): Promise<User> {
    return this.connection.changed(await dataOf(this.api.PATCH("/me", { body: change })));
  }

  /**
   * Changes the password and revokes all other sessions. With a second factor, needs a confirmed
   * session.
   */
  async changePassword(change: Schemas["PasswordChange"]): Promise<void> {
    await dataOf(this.api.PUT("/me/password", { body: change }));
  }

  /**
   * Requests a change of email. Nothing changes until the new email is verified. Needs a confirmed
   * session.
   */
  async changeEmail(change: Schemas["EmailChange"]): Promise<void> {
    await dataOf(this.api.PUT("/me/email", { body: change }));
  }

  /** Deletes the account and all its data. Needs a confirmed session. */
  async deleteMe(): Promise<void> {
    await dataOf(this.api.DELETE("/me"));
    this.connection.endSession();
  }

  /** Revokes the session. A session that has already ended is no error. */
  async logOut(): Promise<void> {
    try {
      await dataOf(this.api.POST("/logout"));
    } catch (error) {
      if (!(error instanceof DaemunError && error.code === "not_authenticated")) throw error;
    }
    this.connection.endSession();
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
  accessToken(): Promise<string> {
    return this.connection.accessToken();
  }
}
