// Who sent a request: daemun reads the session cookie, so a logout takes effect at once.

/** Middleware that sets `res.locals.user`, which is `null` for a visitor. */
export function loadUser(daemun) {
  return async (req, res, next) => {
    const { cookie } = req.headers;
    res.locals.user = cookie ? await currentUser(daemun, cookie, req.ip) : null;
    next();
  };
}

/** Middleware that sends visitors to the login page. */
export function requireUser(req, res, next) {
  if (res.locals.user) return next();
  res.redirect("/login");
}

async function currentUser(daemun, cookie, ip) {
  // Without the header, daemun sees one client: this server, whose limits all users would share.
  const headers = { cookie, "x-forwarded-for": ip };
  const response = await fetch(`${daemun}/auth/session`, { headers, signal: AbortSignal.timeout(5_000) });
  if (!response.ok) throw new Error(`daemun responded with ${response.status}`);
  return (await response.json()).user;
}
