// The complete client: one function and one error class. Copy this file into your own app.

/** The service's URL. Empty means this page's origin; otherwise list this page's origin in DAEMUN_CORS_ORIGINS. */
export const base = "";

/** The time limit for a response, in milliseconds. */
const deadline = 20_000;

/**
 * The error of a failed call. Compare `code`, which is stable. Show `detail`, which is in the page's language.
 * Without a response, `status` is 0 and `code` is "unreachable".
 */
export class Problem extends Error {
  constructor(status, body = {}, retryAfter = 0) {
    super(body.detail ?? body.title ?? "");
    this.name = "Problem";
    this.status = status;
    this.code = body.code ?? "unreadable";
    this.detail = this.message;
    /** The rejected fields, `{field, code, message}`; `field` is a name in the request body. */
    this.errors = Array.isArray(body.errors) ? body.errors : [];
    /** The token of a login that waits for its second factor, and the methods that the user can present. */
    this.challenge = body.challenge;
    this.methods = Array.isArray(body.methods) ? body.methods : [];
    /** The change of the request or of a setting that helps, in English, for developers; undefined if there is none. */
    this.hint = body.hint;
    /** Seconds to wait before a retry; 0 if the response names none. */
    this.retryAfter = retryAfter;
    /** The id of the request in the service's log. */
    this.requestId = body.request_id;
  }
}

/**
 * Calls the service and returns its JSON, or nothing if the response has no body.
 *
 *     const { user } = await call("GET", "/session");
 *     await call("POST", "/login", { identifier, password, transport: "cookie" });
 *
 * The session is an HttpOnly cookie: the browser stores and sends it, and no script can read it.
 */
export async function call(method, path, body, headers = {}) {
  let response, text;
  try {
    response = await fetch(base + path, {
      method,
      credentials: "include",
      signal: AbortSignal.timeout(deadline),
      headers: {
        "Accept": "application/json, application/problem+json",
        "Accept-Language": document.documentElement.lang,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    text = await response.text();
  } catch {
    throw new Problem(0, { code: "unreachable" });
  }
  const result = parsed(text);
  if (!response.ok || (text && result === undefined)) {
    throw new Problem(response.status, result, Number(response.headers.get("Retry-After")) || 0);
  }
  return result;
}

/** Returns the JSON value of a text; nothing for an empty text, or if a proxy sent something else than JSON. */
function parsed(text) {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Returns a key with which a signup can be retried after a lost response without creating a second account. */
export function idempotencyKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
