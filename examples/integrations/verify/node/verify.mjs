// Who calls? GET /key-set asks nobody, and learns of a log-out within five minutes; GET /introspection asks each time, and at once.
// npm install jose, then: DAEMUN=http://daemun:8080 ISSUER=… AUDIENCE=… SERVICE_KEY=dmk_… node verify.mjs
import { createServer } from "node:http";
import { createRemoteJWKSet, errors, jwtVerify } from "jose";

const { DAEMUN, ISSUER, AUDIENCE, SERVICE_KEY, PORT = "3000" } = process.env;
const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", DAEMUN), { cacheMaxAge: 300_000 });
// Algorithm, type, issuer and audience are ours to choose, never the token's.
const rules = { algorithms: ["EdDSA"], typ: "at+jwt", issuer: ISSUER, audience: AUDIENCE, requiredClaims: ["exp", "sub", "sid"], clockTolerance: 5 };

const ways = {
  async "/key-set"(token) {
    return (await jwtVerify(token, keys, rules)).payload;
  },
  async "/introspection"(token) {
    const headers = { Authorization: `Bearer ${SERVICE_KEY}` };
    const answer = await fetch(new URL("/introspect", DAEMUN), { method: "POST", headers, body: new URLSearchParams({ token }) });
    if (!answer.ok) throw new Error(`introspection answered ${answer.status}`);
    const told = await answer.json();
    return told.active && told;
  },
};

/** Whether it is the token that is no good; else nobody could say so, which is not the caller's fault. */
const isRefusal = (error) =>
  error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout) && error.code !== "ERR_JOSE_GENERIC";

createServer(async (request, response) => {
  const [, token] = /^Bearer ([^ ]+)$/i.exec(request.headers.authorization ?? "") ?? [];
  const who = token && (await ways[request.url](token).catch((error) => !isRefusal(error) && { error }));
  if (!who) return response.writeHead(401, { "WWW-Authenticate": "Bearer" }).end();
  if (who.error) return response.writeHead(503, { "Retry-After": "2" }).end();
  response.end(JSON.stringify(who));
}).listen(Number(PORT), "127.0.0.1", function () {
  console.log(`http://127.0.0.1:${this.address().port}`);
});
