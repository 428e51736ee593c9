"""A small app without a login of its own: it returns the caller that the reverse proxy authenticated.

Keep the app on a network of its own: a client that bypasses the proxy can claim any identity. Needs only Python.
"""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

IDENTITY_HEADERS = ["X-Auth-User-Id", "X-Auth-Username", "X-Auth-Email", "X-Auth-Email-Verified", "X-Auth-Session-Id"]
ROLES_HEADER = "X-Auth-Roles"


class App(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # Keeps connections open.
    disable_nagle_algorithm = True

    def respond(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        # Values are percent-encoded UTF-8.
        caller = {name: unquote(self.headers[name]) for name in IDENTITY_HEADERS if self.headers[name] is not None}
        # The proxy sets all of them. A request that lacks one bypassed the proxy, or the client had a header removed.
        status = 200 if len(caller) == len(IDENTITY_HEADERS) else 403
        # Roles contain no character that needs an encoding. nginx forwards no empty header, so a missing one means no roles.
        roles = [role for role in self.headers.get(ROLES_HEADER, "").split(",") if role]
        received = [line for line in self.headers.items() if line[0].lower().replace("_", "-").startswith("x-")]
        document = {"method": self.command, "path": self.path, "caller": caller, "roles": roles, "headers": received}
        body = json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = respond

    def log_message(self, *_):
        """Logs nothing: the proxy logs requests."""


if __name__ == "__main__":
    server = ThreadingHTTPServer((os.environ.get("APP_HOST", "127.0.0.1"), int(os.environ.get("APP_PORT", "8000"))), App)
    print(f"http://{server.server_address[0]}:{server.server_port}", flush=True)
    server.serve_forever()
