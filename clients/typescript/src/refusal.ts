// What the service says no with: a problem document (RFC 9457), whose `code` never changes.

import type { components } from "./schema.js";

/** The document, as it is sent. */
export type Problem = components["schemas"]["Problem"];

/** What went wrong, by its stable name. */
export type Code = Problem["code"];

/** A field that was refused, and why. */
export type FieldError = components["schemas"]["FieldError"];

/** Thrown for every answer that is not a success. A service that cannot be reached at all is `fetch`'s own `TypeError`. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  /** The status of the answer. */
  readonly status: number;
  /** What to compare with; `undefined` where something before the service answered, such as a proxy. */
  readonly code: Code | undefined;
  /** The whole document, if there was one. */
  readonly problem: Problem | undefined;
  /** The fields that were refused; none for any other reason. */
  readonly errors: readonly FieldError[];
  /** Seconds after which to ask again, where that helps. */
  readonly retryAfter: number | undefined;

  constructor(response: Response, body: unknown) {
    const problem = isProblem(body) ? body : undefined;
    super(problem?.detail ?? `the answer was ${response.status}`);
    this.status = response.status;
    this.code = problem?.code;
    this.problem = problem;
    this.errors = problem?.errors ?? [];
    const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
    this.retryAfter = Number.isNaN(seconds) ? undefined : seconds;
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && typeof body.code === "string";
}
