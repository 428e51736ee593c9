import { sveltekit } from "@sveltejs/kit/vite";
import { defineConfig } from "vite";

// daemun is below /auth of the app's own origin, as in production. Vite passes its requests on to `daemun dev`.
const proxy = { "^/auth(/|$)": { target: process.env.DAEMUN ?? "http://127.0.0.1:8080", changeOrigin: false, xfwd: true } };

export default defineConfig({
  plugins: [sveltekit()],
  server: { proxy },
  preview: { proxy },
  // Otherwise Vite's development server does not find the client's Web Worker.
  optimizeDeps: { exclude: ["daemun-client"] },
});
