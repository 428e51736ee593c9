// A test issuer that signs any claims, so that only a verifier's own rules can reject a token.

import { once } from "node:events";
import { createServer } from "node:http";

import { SignJWT, exportJWK, generateKeyPair } from "jose";

/**
 * Starts the issuer, whose name is its own URL unless `issuer` is given. `sign(claims, header)` returns a token that is valid except for
 * these changes.
 */
export async function startIssuer({ issuer, audience }) {
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), alg: "ES256", use: "sig", kid: "its-own" };
  const server = createServer(({ url: path }, response) => {
    const isDiscovery = /openid-configuration|oauth-authorization-server/.test(path);
    const document = isDiscovery ? { issuer, jwks_uri: `${url}/.well-known/jwks.json` } : { keys: [jwk] };
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(document));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${server.address().port}`;
  issuer ??= url;

  function sign(claims = {}, header = {}, key = privateKey) {
    const now = Math.floor(Date.now() / 1000);
    const good = { iss: issuer, aud: audience, sub: "user", client_id: "app", sid: "session", jti: "once", iat: now, exp: now + 300 };
    return new SignJWT({ ...good, ...claims }).setProtectedHeader({ alg: "ES256", typ: "at+jwt", kid: jwk.kid, ...header }).sign(key);
  }
  const stop = () => once(server.close(), "close");
  return { url, issuer, publicKey, jwk, sign, stop };
}
