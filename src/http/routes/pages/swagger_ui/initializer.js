// Starts Swagger UI. Every URL is relative to this page, so the page works below any path that a proxy strips.

"use strict";

/** The names that people read in the Authorize dialog. The cookie has none: a browser sends it by itself. */
const schemeNames = { bearer: "Session token (bearer)", service_key: "Service key" };

const service = new URL("..", location.href).href.replace(/\/$/, "");

/** Every example user of this visit has a name of its own, so that the first signup finds it free. */
let suffix = randomSuffix();

function randomSuffix() {
  return Math.random().toString(36).slice(2, 8);
}

/** Returns the document as this page shows it. */
function adapted(document) {
  const text = JSON.stringify(document).replaceAll(/"minji/gi, `$&-${suffix}`);
  const { paths, components, ...rest } = JSON.parse(text);
  for (const operation of Object.values(paths).flatMap(Object.values)) {
    operation.security = operation.security.filter((requirement) => !("cookie" in requirement)).map(named);
  }
  return {
    ...rest,
    servers: [{ url: service }],
    externalDocs: { url: `${service}/problems`, description: "Every problem code, and how to handle it" },
    paths,
    components: { ...components, securitySchemes: named(components.securitySchemes) },
  };
}

/** Returns the members whose security scheme has a name, under that name. */
function named(members) {
  const shown = Object.entries(schemeNames).filter(([id]) => id in members);
  return Object.fromEntries(shown.map(([id, name]) => [name, members[id]]));
}

/** After a signup, the body's next example has a new name. A name that the user typed stays. */
function renameNextSignup({ oas3Actions, oas3Selectors }) {
  const pathMethod = ["/signup", "post"];
  const body = oas3Selectors.requestBodyValue(...pathMethod);
  const next = randomSuffix();
  oas3Actions.setRequestBodyValue({ pathMethod, value: body.replaceAll(suffix, next) });
  suffix = next;
}

const plugin = {
  statePlugins: {
    spec: {
      wrapActions: {
        updateJsonSpec: (update) => (document) => update(adapted(document)),
        setResponse: (set, system) => (path, method, response) => {
          set(path, method, response);
          if (path === "/signup" && response.ok) renameNextSignup(system);
        },
      },
    },
  },
  wrapComponents: {
    // Swagger UI puts this link into a button, which does the same.
    DeepLink: (_, { React }) => ({ text }) => React.createElement("span", null, text),
    // Some buttons have another name than the one that they show.
    Button: (Button, { React }) => ({ "aria-label": _, ...properties }) => React.createElement(Button, properties),
    // Every field of the dialog has the attribute `autofocus`, and the last one would win.
    authorizationPopup: (Popup, { React }) => (properties) => {
      React.useEffect(() => root.querySelector(".modal-ux input")?.focus(), []);
      return React.createElement(Popup, properties);
    },
    // Without a heading here, the tags' headings skip a level.
    operations: (Operations, { React }) => (properties) =>
      React.createElement("section", null, React.createElement("h2", null, "Operations"), React.createElement(Operations, properties)),
  },
};

/** What screen readers and keyboards need and Swagger UI leaves out. `null` removes an attribute. */
const attributes = [
  [".body-param__text", "aria-label", "Request body"],
  [".examples-select-element", "aria-label", "Example"],
  [".parameters select", "aria-label", "Value"],
  ["#servers", "aria-label", "Server"],
  [".copy-to-clipboard button", "aria-label", "Copy"],
  [".close-modal", "aria-label", "Close"],
  [".microlight", "tabindex", "0"],
  [".auth-container label", "for", null],
  [".auth-container input", "aria-label", (input) => input.closest(".auth-container").querySelector("code").textContent],
  [".modal-ux", "role", "dialog"],
  [".modal-ux", "aria-modal", "true"],
  [".modal-ux", "aria-label", "Available authorizations"],
  [".modal-ux h3", "aria-level", "2"],
  [".modal-ux h4", "aria-level", "3"],
  [".modal-ux h6", "aria-level", "4"],
  ["table[role=region]", "role", "table"],
];

function complete(parent) {
  for (const [selector, name, value] of attributes) {
    for (const element of parent.querySelectorAll(selector)) {
      if (value === null) element.removeAttribute(name);
      else element.setAttribute(name, typeof value === "function" ? value(element) : value);
    }
  }
}

const isDark = matchMedia("(prefers-color-scheme: dark)");
const paint = () => document.documentElement.classList.toggle("dark-mode", isDark.matches);
isDark.addEventListener("change", paint);
paint();

const root = document.getElementById("swagger-ui");
const observer = new MutationObserver((changes) => new Set(changes.map(({ target }) => target)).forEach(complete));
observer.observe(root, { childList: true, subtree: true });

SwaggerUIBundle({
  url: "../openapi.json",
  domNode: root,
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [plugin, passkeyPlugin(service, schemeNames.bearer)],
  deepLinking: true,
  syntaxHighlight: { theme: "tomorrow-night" },
  defaultModelsExpandDepth: 0,
  displayOperationId: true,
  displayRequestDuration: true,
  persistAuthorization: true,
  tryItOutEnabled: true,
  validatorUrl: "none",
  withCredentials: true,
});
