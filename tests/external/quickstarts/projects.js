// The quickstarts: how each is installed, configured and started, as its page says. Only ports differ.

/** Settings of `daemun dev` for an app that has it below /auth of its own origin. */
const below = ({ origin }) => ({ DAEMUN_BASE_PATH: "/auth", DAEMUN_PUBLIC_URL: `${origin}/auth` });

/** The same for an app that calls daemun for its users. */
const server = { settings: (place) => ({ ...below(place), DAEMUN_TRUSTED_PROXIES: "127.0.0.1,::1" }), forwards: {} };

const onLocalhost = (url) => url.replace("127.0.0.1", "localhost");

/** Static pages of another origin than daemun's, with an API beside them. */
const pages = {
  places: ({ daemun }) => [["static/auth.js", "http://localhost:8080", onLocalhost(daemun)]],
  paths: { signup: "/signup.html", login: "/login.html", members: "/private.html" },
  calls: ({ daemun }) => [onLocalhost(daemun)],
  api: "/api/members",
};

const npm = [["npm", "ci", "--loglevel=error"]];
const build = ["npm", "run", "--silent", "build"];

/**
 * - `install`: commands in the project's folder, before the service starts.
 * - `settings`: settings of `daemun dev`, from the app's `origin`.
 * - `places`: replacements in files, as `[file, there, here]`.
 * - `start`: the command that serves the app on `port`, and its environment.
 * - `paths`, `calls`: paths and other origins, as `drive` takes them.
 * - `api`: a path of an API that needs an access token.
 * - `forwards`: the app's server sends requests to daemun, with the browser's address. The value holds headers of a reverse proxy.
 * - `key`: the name of a service key that the app needs.
 */
export const projects = {
  html: {
    install: npm,
    places: ({ daemun }) => [["auth.js", "http://localhost:8080", onLocalhost(daemun)]],
    start: ({ port }) => ({ command: ["python3", "-m", "http.server", port, "--bind", "127.0.0.1"] }),
    paths: pages.paths,
    calls: pages.calls,
  },
  react: {
    install: [...npm, build],
    settings: below,
    start: ({ port, daemun }) => ({ command: ["npx", "vite", "--host", "127.0.0.1", "--port", port, "--strictPort"], env: { DAEMUN: daemun } }),
  },
  vue: {
    install: [...npm, build],
    settings: below,
    start: ({ port, daemun }) => ({ command: ["npx", "vite", "--host", "127.0.0.1", "--port", port, "--strictPort"], env: { DAEMUN: daemun } }),
  },
  nextjs: {
    install: npm,
    ...server,
    // Rewrites do not add the header: the reverse proxy in front does.
    forwards: { "X-Forwarded-For": "127.0.0.9" },
    // The build contains daemun's address.
    start: ({ port, origin, daemun }) => ({
      command: ["bash", "-c", `npm run --silent build && exec npx next start --port ${port}`], env: { DAEMUN: daemun, ISSUER: `${origin}/auth` },
    }),
  },
  sveltekit: {
    install: [...npm, ["npm", "run", "--silent", "check"], build],
    ...server,
    start: ({ port, daemun }) => ({ command: ["npx", "vite", "preview", "--host", "127.0.0.1", "--port", port, "--strictPort"], env: { DAEMUN: daemun } }),
  },
  express: {
    install: npm,
    ...server,
    start: ({ port, daemun }) => ({ command: ["node", "server.js"], env: { DAEMUN: daemun, PORT: port } }),
  },
  fastapi: {
    install: [
      ["npm", "ci", "--loglevel=error", "--prefix", "static"],
      ["python3", "-m", "venv", ".venv"],
      [".venv/bin/pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", "requirements.txt"],
    ],
    ...pages,
    start: ({ port, daemun, publicUrl }) => ({
      command: [".venv/bin/uvicorn", "main:app", "--port", port], env: { DAEMUN: daemun, ISSUER: publicUrl },
    }),
  },
  axum: {
    install: [["npm", "ci", "--loglevel=error", "--prefix", "static"], ["cargo", "build", "--quiet", "--locked", "--target-dir", "target"]],
    ...pages,
    key: "api",
    start: ({ port, daemun, key }) => ({
      command: ["target/debug/daemun-quickstart-axum"], env: { DAEMUN: daemun, PORT: port, SERVICE_KEY: key },
    }),
  },
};
