// Authenticates callers: GET /jwks offline (a logout takes effect within five minutes), GET /introspection at daemun (at once).
// npm install jose, then: DAEMUN=http://daemun:8080 ISSUER=… AUDIENCE=… SERVICE_KEY=dmk_… node verify.mjs
import { createServer } from "node:http";
import { createRemoteJWKSet, errors, jwtVerify } from "jose";

const { DAEMUN, ISSUER, AUDIENCE, SERVICE_KEY, PORT = "3000" } = process.env;
const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", DAEMUN), { cacheMaxAge: 300_000 });
// Fix algorithm, type, issuer and audience here; never read them from the token.
const rules = { algorithms: ["ES256"], typ: "at+jwt", issuer: ISSUER, audience: AUDIENCE, requiredClaims: ["exp", "sub", "sid"], clockTolerance: 5 };

const methods = {
  async "/jwks"(token) {
    return (await jwtVerify(token, keys, rules)).payload;
  },
  async "/introspection"(token) {
    const headers = { Authorization: `Bearer ${SERVICE_KEY}` };
    const response = await fetch(new URL("/introspect", DAEMUN), { method: "POST", headers, body: new URLSearchParams({ token }) });
    if (!response.ok) throw new Error(`introspection failed with ${response.status}`);
    const claims = await response.json();
    return claims.active && claims;
  },
};

/** Returns whether the token is invalid. Any other error means that daemun is unreachable. */
const isInvalidToken = (error) =>
  error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout) && error.code !== "ERR_JOSE_GENERIC";

createServer(async (request, response) => {
  const [, token] = /^Bearer ([^ ]+)$/i.exec(request.headers.authorization ?? "") ?? [];
  const caller = token && (await methods[request.url](token).catch((error) => !isInvalidToken(error) && { error }));
  if (!caller) return response.writeHead(401, { "WWW-Authenticate": "Bearer" }).end();
  if (caller.error) return response.writeHead(503, { "Retry-After": "2" }).end();
  response.end(JSON.stringify(caller));
}).listen(Number(PORT), "127.0.0.1", function () {
  console.log(`http://127.0.0.1:${this.address().port}`);
});
