// The whole client: one function and one kind of failure. Copy this file, and the rest is yours to draw.

/** Where the service answers. Empty: the origin of this page. On another origin, list this page's origin in DAEMUN_CORS_ORIGINS. */
export const base = "";

/** The longest wait for an answer, in milliseconds. */
const patience = 20_000;

/**
 * Every way in which a call can fail. `code` is stable and what a program decides by; `detail` is for people, in the
 * language that was asked for. Without an answer `status` is 0 and `code` is "unreachable".
 */
export class Problem extends Error {
  constructor(status, body = {}, retryAfter = 0) {
    super(body.detail ?? body.title ?? "");
    this.name = "Problem";
    this.status = status;
    this.code = body.code ?? "unreadable";
    this.detail = this.message;
    /** Refused fields, `{field, code, message}`; `field` is the name in the body that was sent. */
    this.errors = Array.isArray(body.errors) ? body.errors : [];
    /** Seconds to wait before the same call can succeed; 0 if the service named none. */
    this.retryAfter = retryAfter;
    /** What to quote when asking an operator for help. */
    this.requestId = body.request_id;
  }
}

/**
 * Calls the service and returns its JSON, or nothing where it answers without a body.
 *
 *     const me = await call("GET", "/me");
 *     await call("POST", "/login", { identifier, password, transport: "cookie" });
 *
 * The session is an HttpOnly cookie: the browser keeps and sends it, and no script can read it.
 */
export async function call(method, path, body, headers = {}) {
  let response, text;
  try {
    response = await fetch(base + path, {
      method,
      credentials: "include",
      signal: AbortSignal.timeout(patience),
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
  const answer = parsed(text);
  if (!response.ok || (text && answer === undefined)) {
    throw new Problem(response.status, answer, Number(response.headers.get("Retry-After")) || 0);
  }
  return answer;
}

/** The JSON value of a text; nothing for an empty one and for what a proxy on the way wrote instead of JSON. */
function parsed(text) {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

/** A key that lets a sign-up be repeated after a lost answer without a second account. */
export function idempotencyKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
