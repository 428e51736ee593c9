import type { NextConfig } from "next";

const daemun = process.env.DAEMUN ?? "http://127.0.0.1:8080";

const config: NextConfig = {
  // daemun is below /auth of the app's own origin, so that its cookie is the app's, too. A rewrite passes X-Forwarded-For on, but does
  // not add it: the reverse proxy in front of the app does.
  rewrites: async () => [{ source: "/auth/:path*", destination: `${daemun}/auth/:path*` }],
  turbopack: { root: import.meta.dirname },
};

export default config;
