// Chromium's virtual authenticators, over its debugging protocol.

/**
 * Adds an authenticator to a page: one of the device that verifies its user, unless `options` say otherwise. It responds at
 * once. `credentials()` returns its passkeys, `setCounter(…)` sets the signature counter of the first one, `remove()`
 * takes the authenticator away, and after `touch(false)` requests wait.
 */
export async function addAuthenticator(page, options = {}) {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      ...options,
    },
  });
  const credentials = async () => (await session.send("WebAuthn.getCredentials", { authenticatorId })).credentials;

  async function setCounter(signCount) {
    const [credential] = await credentials();
    const { credentialId } = credential;
    await session.send("WebAuthn.removeCredential", { authenticatorId, credentialId });
    await session.send("WebAuthn.addCredential", { authenticatorId, credential: { ...credential, signCount } });
  }

  const setVerified = (isUserVerified) => session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
  const remove = () => session.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
  const touch = (enabled) => session.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled });
  return { credentials, setCounter, setVerified, remove, touch };
}
