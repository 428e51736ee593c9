// The test vectors of WebAuthn Level 3 with an independent implementation, and responses of Chromium with both.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { verifyAuthenticationResponse, verifyRegistrationResponse } from "@simplewebauthn/server";

import { startBrowser } from "../support/browser.js";
import { send, signUp } from "../support/send.js";
import { startService, stopAll } from "../support/service.js";
import { addAuthenticator } from "../support/virtual-authenticator.js";

/** The algorithms that the service offers. */
const supportedAlgorithmIDs = [-7, -8, -257];

const encoded = (bytes) => Buffer.from(bytes).toString("base64url");
const ofHex = (text) => encoded(Buffer.from(text, "hex"));

let service, browser, origin;
before(async () => {
  service = await startService({
    DAEMUN_CAPTCHA: "off", DAEMUN_RATE_LIMITS: "off", DAEMUN_PASSKEY_RP_ID: "localhost", DAEMUN_UNSAFE_FAST_HASHES: "on", DAEMUN_BCRYPT_COST: "4",
  });
  origin = service.url.replace("127.0.0.1", "localhost");
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await stopAll(service);
});

test("@simplewebauthn/server accepts the vectors that the service's own tests accept, and no other", async () => {
  const text = await readFile(new URL("../../webauthn/w3c_vectors.json", import.meta.url), "utf8");
  const { vectors, rp_id, origin } = JSON.parse(text);
  const accepted = [];
  for (const vector of vectors) {
    const id = ofHex(vector.credential_id);
    const { registration, authentication } = vector;
    const common = { expectedOrigin: origin, expectedRPID: rp_id, requireUserVerification: false };
    const registered = await verifyRegistrationResponse({
      ...common, supportedAlgorithmIDs,
      expectedChallenge: ofHex(registration.challenge),
      response: credential(id, { clientDataJSON: encoded(registration.clientDataJSON), attestationObject: ofHex(registration.attestationObject) }),
    }).catch((error) => error);
    if (!registered.verified) continue;
    const authenticated = await verifyAuthenticationResponse({
      ...common,
      expectedChallenge: ofHex(authentication.challenge),
      response: credential(id, {
        clientDataJSON: encoded(authentication.clientDataJSON),
        authenticatorData: ofHex(authentication.authenticatorData),
        signature: ofHex(authentication.signature),
      }),
      credential: registered.registrationInfo.credential,
    }).catch((error) => error);
    if (authenticated.verified) accepted.push(vector.name);
  }
  // It verifies the other attestations by roots that do not include the one of the vectors, and reads `topOrigin` alone.
  assert.deepEqual(accepted.filter((name) => /^(none|packed)/.test(name)), [
    "none.ES256", "packed-self.ES256", "none.ES256.crossOrigin", "none.ES256.long-credential-id",
    "packed.ES256", "packed.RS256", "packed.EdDSA",
  ]);
});

function credential(id, response) {
  return { id, rawId: id, type: "public-key", clientExtensionResults: {}, response };
}

test("the service and @simplewebauthn/server accept Chromium's responses, and the service no changed one", async () => {
  const { page, authenticator, token, post } = await visitor("Minji");
  const started = await post("/me/passkeys/options", {}, token);
  const created = await ceremony(page, "create", started.json.options);
  const expected = { expectedOrigin: origin, expectedRPID: "localhost", requireUserVerification: false };
  const theirs = (response) => verifyRegistrationResponse({
    ...expected, supportedAlgorithmIDs, response, expectedChallenge: started.json.options.challenge,
  }).then(({ verified }) => verified, () => false);
  const ours = async (response) => {
    const body = { ceremony: started.json.ceremony, name: "Chromium", credential: response };
    const { status, text } = await post("/me/passkeys", body, token);
    assert.ok([201, 422].includes(status), text);
    return status === 201;
  };
  // The other implementation accepts a point that is not on the curve.
  for (const response of changed(created, ["clientDataJSON", "attestationObject"])) assert.equal(await ours(response), false);
  assert.ok(await theirs(created));
  const { registrationInfo } = await verifyRegistrationResponse({
    ...expected, supportedAlgorithmIDs, response: created, expectedChallenge: started.json.options.challenge,
  });
  assert.ok(await ours(created));

  const logIn = (await post("/login/passkey/options", {})).json;
  const asserted = await ceremony(page, "get", logIn.options);
  const theirLogIn = (response) => verifyAuthenticationResponse({
    ...expected, requireUserVerification: true, response, expectedChallenge: logIn.options.challenge, credential: registrationInfo.credential,
  }).then(({ verified }) => verified, () => false);
  const ourLogIn = async (response) => {
    const { status, text } = await post("/login/passkey", { ceremony: logIn.ceremony, credential: response });
    assert.ok([200, 422].includes(status), text);
    return status === 200;
  };
  for (const response of changed(asserted, ["clientDataJSON", "authenticatorData", "signature"])) {
    assert.deepEqual([await ourLogIn(response), await theirLogIn(response)], [false, false]);
  }
  assert.ok(await theirLogIn(asserted));
  assert.ok(await ourLogIn(asserted));
  await authenticator.remove();
});

/** Returns the response with one bit of each of these members changed, at its first and last byte. */
function changed(response, members) {
  return members.flatMap((member) => {
    const bytes = Buffer.from(response.response[member], "base64url");
    return [0, bytes.length - 1].map((at) => {
      const other = Buffer.from(bytes);
      other[at] ^= 1;
      return { ...response, response: { ...response.response, [member]: encoded(other) } };
    });
  });
}

test("a passkey that is not resident is a second factor only", async () => {
  const { page, authenticator, token, post } = await visitor("Key", { transport: "usb", hasResidentKey: false, hasUserVerification: false });
  await register(page, post, token);
  const [{ isResidentCredential }] = await authenticator.credentials();
  assert.equal(isResidentCredential, false);
  const { json: required } = await post("/login", { identifier: "Key", password });
  assert.deepEqual(required.methods, ["passkey", "recovery_code"]);
  const started = (await post("/login/second-factor/options", { challenge: required.challenge })).json;
  const asserted = await ceremony(page, "get", started.options);
  const body = { challenge: required.challenge, ceremony: started.ceremony, credential: asserted };
  assert.equal((await post("/login/second-factor", body)).status, 200);
});

test("a device that does not verify its user cannot log in", async () => {
  const { page, authenticator, token, post } = await visitor("Unverified");
  await register(page, post, token);
  const started = (await post("/login/passkey/options", {})).json;
  // The browser is asked for less than the service demands.
  const asserted = await ceremony(page, "get", { ...started.options, userVerification: "discouraged" });
  const flags = Buffer.from(asserted.response.authenticatorData, "base64url")[32];
  const { status } = await post("/login/passkey", { ceremony: started.ceremony, credential: asserted });
  assert.equal(status, flags & 4 ? 200 : 422);
  await authenticator.setVerified(false);
  const again = (await post("/login/passkey/options", {})).json;
  await assert.rejects(ceremony(page, "get", again.options), /NotAllowedError/);
});

test("two authenticators of one account both log in, and neither registers twice", async () => {
  const { page, authenticator, token, post } = await visitor("Both");
  await register(page, post, token);
  const again = (await post("/me/passkeys/options", {}, token)).json;
  await assert.rejects(ceremony(page, "create", again.options), /InvalidStateError/);
  const stick = await addAuthenticator(page, { transport: "usb" });
  await register(page, post, token);
  assert.equal((await stick.credentials()).length, 1);
  for (const other of [authenticator, stick]) {
    await other.remove();
    const started = (await post("/login/passkey/options", {})).json;
    if (other === stick) {
      await assert.rejects(ceremony(page, "get", started.options), /NotAllowedError/);
      break;
    }
    const asserted = await ceremony(page, "get", started.options);
    assert.equal((await post("/login/passkey", { ceremony: started.ceremony, credential: asserted })).status, 200);
  }
});

test("a counter that goes back is refused", async () => {
  const { page, authenticator, token, post } = await visitor("Counter");
  await register(page, post, token);
  const logIn = async () => {
    const started = (await post("/login/passkey/options", {})).json;
    const asserted = await ceremony(page, "get", started.options);
    return post("/login/passkey", { ceremony: started.ceremony, credential: asserted });
  };
  assert.equal((await logIn()).status, 200);
  await authenticator.setCounter(0);
  const { status, json } = await logIn();
  assert.deepEqual([status, json.code], [422, "passkey_invalid"]);
  assert.ok(service.log.some(({ event }) => event === "passkey.counter_went_back"), "the log names the event");
  await authenticator.setCounter(1000);
  assert.equal((await logIn()).status, 200);
});

const password = "Correct-Horse-7-battery";

/** Signs up, and opens a page with an authenticator. */
async function visitor(username, options) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${origin}/swagger-ui/`);
  const authenticator = await addAuthenticator(page, options);
  const { token } = await signUp(service.url, username);
  const post = (path, body, bearer) => send(service.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...(bearer ? { authorization: `Bearer ${bearer}` } : {}) },
    body: JSON.stringify(body),
  });
  return { page, authenticator, token, post };
}

async function register(page, post, token) {
  const started = (await post("/me/passkeys/options", {}, token)).json;
  const created = await ceremony(page, "create", started.options);
  const { status, text } = await post("/me/passkeys", { ceremony: started.ceremony, name: "Chromium", credential: created }, token);
  assert.equal(status, 201, text);
}

/** Runs a ceremony of the browser. Returns the response as the API takes it. */
function ceremony(page, kind, options) {
  return page.evaluate(async ([kind, options]) => {
    const publicKey = kind === "create"
      ? PublicKeyCredential.parseCreationOptionsFromJSON(options)
      : PublicKeyCredential.parseRequestOptionsFromJSON({ ...options, timeout: 3000 });
    try {
      return (await navigator.credentials[kind]({ publicKey })).toJSON();
    } catch (error) {
      throw new Error(`${error.name}: ${error.message}`);
    }
  }, [kind, options]);
}
