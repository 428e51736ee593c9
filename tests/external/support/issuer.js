// A test issuer that signs any claims, so that only a verifier's own rules can reject a token.

import { once } from "node:events";
import { createServer } from "node:http";

import { SignJWT, exportJWK, generateKeyPair } from "jose";

/** Starts the issuer. `sign(claims, header)` returns a token that is valid except for these changes. */
export async function startIssuer({ issuer, audience }) {
  const { publicKey, privateKey } = await generateKeyPair("EdDSA", { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), alg: "EdDSA", use: "sig", kid: "its-own" };
  const server = createServer((_, response) => {
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ keys: [jwk] }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");

  function sign(claims = {}, header = {}, key = privateKey) {
    const now = Math.floor(Date.now() / 1000);
    const good = { iss: issuer, aud: audience, sub: "user", sid: "session", jti: "once", iat: now, exp: now + 300 };
    return new SignJWT({ ...good, ...claims }).setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: jwk.kid, ...header }).sign(key);
  }
  const stop = () => once(server.close(), "close");
  return { url: `http://127.0.0.1:${server.address().port}`, publicKey, jwk, sign, stop };
}
