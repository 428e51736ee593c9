// The example nginx configuration in front of a service: the example page and the API on one origin.

import { fileURLToPath } from "node:url";

import { examples, startNginx } from "./proxies.js";

export { freePort } from "./proxies.js";

/** Starts nginx in front of the service at `upstream`. Resolves once nginx accepts connections. */
export function startGate(upstream, port = undefined) {
  const places = [
    ["root /usr/share/nginx/html;", `root ${fileURLToPath(new URL("frontend", examples))};`],
    ["set $daemun http://daemun:8080;", `set $daemun ${upstream};`],
    ["access_log /dev/stdout combined if=$is_from_outside;", "access_log off;"],
  ];
  return startNginx("integrations/nginx/nginx.conf", places, { port });
}
