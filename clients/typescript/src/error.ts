// Errors of the service: problem documents (RFC 9457) with stable codes.

import type { components } from "./schema.js";

/** A problem document, as the service sends it. */
export type Problem = components["schemas"]["Problem"];

/** The stable code of a problem. */
export type Code = Problem["code"];

/** A rejected field and the reason. */
export type FieldError = components["schemas"]["FieldError"];

/**
 * The error thrown for every response that is not a success. If the service is unreachable, `fetch`
 * throws its own `TypeError`.
 */
export class DaemunError extends Error {
  override readonly name = "DaemunError";
  /** The status of the response. */
  readonly status: number;
  /** The code to compare; `undefined` if a proxy responded instead of the service. */
  readonly code: Code | undefined;
  /** The complete document, if there is one. */
  readonly problem: Problem | undefined;
  /** The rejected fields; empty if no field is at fault. */
  readonly errors: readonly FieldError[];
  /** The change of the request or of a setting that helps, for developers, in English. */
  readonly hint: string | undefined;
  /** The token of a login that waits for its second factor, for `completeLogIn`. */
  readonly challenge: string | undefined;
  /** The methods that the user can present after `second_factor_required` and `confirmation_required`. */
  readonly methods: readonly string[];
  /** Seconds to wait before a retry, if the response names them. */
  readonly retryAfter: number | undefined;

  constructor(response: Response, body: unknown) {
    const problem = isProblem(body) ? body : undefined;
    super(problem?.detail ?? `unexpected response with status ${response.status}`);
    this.status = response.status;
    this.code = problem?.code;
    this.problem = problem;
    this.errors = problem?.errors ?? [];
    this.hint = problem?.hint;
    this.challenge = problem?.challenge;
    this.methods = problem?.methods ?? [];
    const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
    this.retryAfter = Number.isNaN(seconds) ? undefined : seconds;
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && typeof body.code === "string";
}
