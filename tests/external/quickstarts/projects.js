// The quickstarts: how each is installed, configured and started, as its page says. Only ports differ.

/** Settings of `daemun dev` for an app that has it below /auth of its own origin. */
const below = ({ origin }) => ({ DAEMUN_BASE_PATH: "/auth", DAEMUN_PUBLIC_URL: `${origin}/auth` });

const npm = [["npm", "ci", "--loglevel=error"]];
const build = ["npm", "run", "--silent", "build"];

/**
 * - `install`: commands in the project's folder, before the service starts.
 * - `settings`: settings of `daemun dev`, from the app's `origin`.
 * - `places`: replacements in files, as `[file, there, here]`.
 * - `start`: the command that serves the app on `port`, and its environment.
 */
export const projects = {
  html: {
    install: npm,
    places: ({ daemun }) => [["auth.js", "http://localhost:8080", daemun.replace("127.0.0.1", "localhost")]],
    start: ({ port }) => ({ command: ["python3", "-m", "http.server", port, "--bind", "127.0.0.1"] }),
    paths: { signup: "/signup.html", login: "/login.html", members: "/private.html" },
    calls: ({ daemun }) => [daemun.replace("127.0.0.1", "localhost")],
  },
  react: {
    install: [...npm, build],
    settings: below,
    start: ({ port, daemun }) => ({ command: ["npx", "vite", "--host", "127.0.0.1", "--port", port, "--strictPort"], env: { DAEMUN: daemun } }),
  },
};
