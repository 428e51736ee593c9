// Vite serves the app and passes /auth on to `daemun dev`. Every other path that is no file is the app's index.html.
const daemun = "http://127.0.0.1:8080";

export default {
  root: "app",
  server: {
    proxy: {
      // /auth and every path below it, but not /author. Not `changeOrigin`, which the short form (a URL alone) implies:
      // daemun compares the browser's `Host` with its `Origin`.
      "^/auth(/|$)": { target: daemun, changeOrigin: false },
      // Clients look for these at the root of the origin.
      "^/\\.well-known/(oauth-authorization-server/auth|change-password)$": daemun,
    },
  },
};
