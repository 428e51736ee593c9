// A button beside Execute that runs the browser's WebAuthn ceremony and fills the body in.

"use strict";

/** The operations that take a credential: where their options come from, and which members of the body stay. */
const ceremonies = {
  "/me/passkeys": { label: "Create a passkey", kind: "create", options: "/me/passkeys/options", kept: ["name"], sent: [] },
  "/login/passkey": { label: "Use a passkey", kind: "get", options: "/login/passkey/options", kept: ["remember", "transport"], sent: [] },
  "/login/second-factor": {
    label: "Use a passkey", kind: "get", options: "/login/second-factor/options", kept: ["challenge", "trust_device"], sent: ["challenge"],
  },
  "/me/confirm": { label: "Use a passkey", kind: "get", options: "/me/confirm/options", kept: [], sent: [] },
};

const pick = (members, names) => Object.fromEntries(names.filter((name) => name in members).map((name) => [name, members[name]]));

/** Runs the ceremony of an operation. Returns its next body. */
async function runCeremony(ceremony, body, service, bearer) {
  const { kind, options: path, kept, sent } = ceremony;
  const response = await fetch(service + path, {
    method: "POST",
    credentials: "include",
    headers: { "content-type": "application/json", ...(bearer ? { authorization: `Bearer ${bearer}` } : {}) },
    body: JSON.stringify(pick(body, sent)),
  });
  const started = await response.json();
  if (!response.ok) throw new Error(`${started.code}: ${started.detail}`);
  const publicKey = kind === "create"
    ? PublicKeyCredential.parseCreationOptionsFromJSON(started.options)
    : PublicKeyCredential.parseRequestOptionsFromJSON(started.options);
  const credential = await navigator.credentials[kind]({ publicKey });
  return { ...pick(body, kept), ceremony: started.ceremony, credential: credential.toJSON() };
}

/** Returns a plugin of Swagger UI. `service` is the URL of the API, and `scheme` the name of the bearer's security scheme. */
function passkeyPlugin(service, scheme) {
  const withCeremony = (Execute, { React, oas3Actions, oas3Selectors, authSelectors }) => (properties) => {
    const [status, setStatus] = React.useState("");
    const { path, method } = properties;
    const ceremony = method === "post" ? ceremonies[path] : undefined;
    if (!ceremony || !("PublicKeyCredential" in window)) return React.createElement(Execute, properties);
    const run = async () => {
      setStatus("Waiting for the passkey …");
      try {
        const body = JSON.parse(oas3Selectors.requestBodyValue(path, method) || "{}");
        const bearer = authSelectors.authorized()?.toJS()[scheme]?.value;
        const next = await runCeremony(ceremony, body, service, bearer);
        oas3Actions.setRequestBodyValue({ pathMethod: [path, method], value: JSON.stringify(next, null, 2) });
        setStatus("The body is filled in. Press Execute within five minutes.");
      } catch (error) {
        setStatus(String(error.message ?? error));
      }
    };
    return React.createElement(
      React.Fragment,
      null,
      React.createElement("button", { className: "btn passkey", type: "button", onClick: run }, ceremony.label),
      React.createElement(Execute, properties),
      React.createElement("p", { className: "passkey-status", role: "status" }, status),
    );
  };
  return { wrapComponents: { execute: withCeremony } };
}
