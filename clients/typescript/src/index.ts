// Signup and login with daemun: typed functions for its routes, with errors and transports. `schema.ts` is generated from the
// OpenAPI document.

export type {
  Config, Confirmation, CurrentSession, Device, Event, Events, Export, LoggedIn, LogIn, LogInResult, LogInWithCode, NewSession, Passkey,
  RegisteredPasskey, ResetPassword, SecondFactors, SecondStep, Session, SessionRequest, SignUp, SignUpResult, TotpSetup, User, VerifyEmail,
} from "./bodies.js";
export { solveCaptcha, type Challenge } from "./captcha.js";
export type { Options, SessionListener } from "./connection.js";
export { Daemun } from "./daemun.js";
export { DaemunError, type Code, type FieldError, type Problem } from "./error.js";
export { hasPasskeys, type PasskeyChoice } from "./passkeys.js";
export type { components, paths } from "./schema.js";
