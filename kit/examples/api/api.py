"""An API of notes, with a list for each user. The gate authenticates the caller, so the API has no code for a login.

Keep the API on a network of its own: a client that bypasses the gate can claim any identity. Needs only Python.
"""

import json
import os
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

LIMIT = 4096
notes = defaultdict(list)


class Notes(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # Keeps connections open.

    def do_GET(self):
        self.respond(200)

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length > LIMIT:
            self.close_connection = True
            return self.send_error(413)
        notes[self.headers["X-Auth-User-Id"]].append(self.rfile.read(length).decode("utf-8", "replace"))
        self.respond(201)

    def respond(self, status):
        # Values are percent-encoded UTF-8.
        username = unquote(self.headers["X-Auth-Username"])
        body = json.dumps({"username": username, "notes": notes[self.headers["X-Auth-User-Id"]]}, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Logs nothing: the gate logs requests."""


if __name__ == "__main__":
    server = ThreadingHTTPServer((os.environ.get("APP_HOST", "127.0.0.1"), int(os.environ.get("APP_PORT", "8000"))), Notes)
    print(f"http://{server.server_address[0]}:{server.server_port}", flush=True)
    server.serve_forever()
