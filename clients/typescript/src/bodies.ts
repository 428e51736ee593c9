// Names for the bodies of requests and responses, and for the results of logins.

import type { components } from "./schema.js";

type Schemas = components["schemas"];

/** The fields that `SessionRequest` and the client's own transport and device token fill in. */
type SessionField = "transport" | "remember" | "device_token";

export type User = Schemas["User"];
export type Session = Schemas["Session"];
export type NewSession = Schemas["NewSession"];
export type CurrentSession = Schemas["CurrentSession"];
export type Config = Schemas["Config"];
export type SignUp = Omit<Schemas["SignUp"], "transport">;
export type LogIn = Omit<Schemas["LogIn"], "transport" | "device_token">;
export type LogInWithCode = Omit<Schemas["LogInWithCode"], "transport" | "device_token">;
export type VerifyEmail = Omit<Schemas["VerifyEmail"], SessionField>;
export type ResetPassword = Omit<Schemas["ResetPassword"], SessionField>;
export type Confirmation = Schemas["Confirmation"];
export type SecondFactors = Schemas["SecondFactors"];
export type SecondStep = Schemas["LogInWithSecondFactor"];
export type Passkey = Schemas["Passkey"];
export type RegisteredPasskey = Schemas["RegisteredPasskey"];
export type TotpSetup = Schemas["TotpSetup"];
export type Device = Schemas["Device"];
export type Event = Schemas["Event"];
export type Events = Schemas["Events"];
export type Export = Schemas["Export"];

/** Requests a session beside a verification or a reset. */
export interface SessionRequest {
  logIn: true;
  /** Keeps the session when the browser is closed. */
  remember?: boolean;
}

/** A completed login. */
export interface LoggedIn {
  status: "logged_in";
  user: User;
}

/** The result of a login: compare `status` before you read the other fields. */
export type LogInResult =
  | LoggedIn
  | {
      status: "second_factor_required";
      /** The token of this login, for `completeLogIn`: valid for five minutes and five tries. */
      challenge: string;
      /** The second factors that the user can present. */
      methods: readonly string[];
    };

/** The result of a signup: compare `status` before you read the other field. */
export type SignUpResult =
  | LoggedIn
  /** The user must verify the email before the first login, by the code or the link in the mail. */
  | { status: "verification_required" };
