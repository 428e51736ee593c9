import { Daemun } from "daemun-client";

/** The client of the browser. The server reads the session in `hooks.server.ts`. */
export const daemun = new Daemun({ baseUrl: "/auth", transport: "cookie" });
