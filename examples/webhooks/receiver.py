"""Receives webhooks, verifies their signatures and prints each event once. The first line is its address."""

import base64, hashlib, hmac, json, os, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = base64.b64decode(os.environ["DAEMUN_WEBHOOK_SECRET"].removeprefix("whsec_"))
MOST_BYTES = 64 * 1024
seen = set()  # In production, a table with a unique column.


def is_genuine(headers, body):
    sent = headers.get("webhook-timestamp", "")
    if not sent.isdecimal() or abs(time.time() - int(sent)) > 300:
        return False
    signed = f"{headers.get('webhook-id', '')}.{sent}.".encode() + body
    expected = b"v1," + base64.b64encode(hmac.digest(KEY, signed, hashlib.sha256))
    given = headers.get("webhook-signature", "").encode().split()
    return any(hmac.compare_digest(expected, one) for one in given)


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10  # Seconds without a byte of the client.

    def do_POST(self):
        length = self.headers.get("content-length", "")
        if not length.isdecimal():
            return self.refuse(411)
        if len(length) > 9 or int(length) > MOST_BYTES:
            return self.refuse(413)
        body = self.rfile.read(int(length))
        if not is_genuine(self.headers, body):
            return self.respond(401)
        event = json.loads(body)
        if event["data"]["id"] not in seen:
            seen.add(event["data"]["id"])
            print(event["type"], event["data"]["user_id"], flush=True)
        self.respond(200)

    def refuse(self, status):
        self.close_connection = True  # The body is not read.
        self.respond(status)

    def respond(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "3000"))), Receiver)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
