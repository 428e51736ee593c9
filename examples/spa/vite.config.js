// Vite serves the app and passes /auth on to `daemun dev`. Every other path that is no file is the app's index.html.
export default {
  root: "app",
  server: {
    proxy: {
      // /auth and every path below it, but not /author. Not `changeOrigin`, which the short form (a URL alone) implies:
      // daemun compares the browser's `Host` with its `Origin`.
      "^/auth(/|$)": { target: "http://127.0.0.1:8080", changeOrigin: false },
    },
  },
};
