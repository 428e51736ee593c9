"""A small app that has no log-in of its own: it shows who the proxy in front says that a request comes from.

Whoever can reach it past the proxy can say anything, so it belongs on a network of its own. Needs nothing but Python.
"""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

CALLER = ["X-Auth-User-Id", "X-Auth-Username", "X-Auth-Email", "X-Auth-Email-Verified", "X-Auth-Session-Id"]


class App(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # Connections are kept.
    disable_nagle_algorithm = True

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        # Values are percent-encoded UTF-8.
        caller = {name: unquote(self.headers[name]) for name in CALLER if self.headers[name] is not None}
        # All of them are always set: a request without came around the proxy, or a client had one taken away on the way.
        status = 200 if len(caller) == len(CALLER) else 403
        got = [line for line in self.headers.items() if line[0].lower().replace("_", "-").startswith("x-")]
        seen = {"method": self.command, "path": self.path, "caller": caller, "headers": got}
        body = json.dumps(seen, indent=1, ensure_ascii=False).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def log_message(self, *_):
        """Requests are the proxy's to log."""


if __name__ == "__main__":
    server = ThreadingHTTPServer((os.environ.get("APP_HOST", "127.0.0.1"), int(os.environ.get("APP_PORT", "8000"))), App)
    print(f"http://{server.server_address[0]}:{server.server_port}", flush=True)
    server.serve_forever()
