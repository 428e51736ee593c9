"""Authenticates callers: GET /jwks offline (a logout takes effect within five minutes), GET /introspection at daemun (at once).
pip install requests 'pyjwt[crypto]'; DAEMUN=http://daemun:8080 ISSUER=… AUDIENCE=… SERVICE_KEY=dmk_… python verify.py"""
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from os import environ

import jwt
import requests

keys = jwt.PyJWKClient(environ["DAEMUN"] + "/.well-known/jwks.json", lifespan=300, timeout=5)

def jwks(token):
    # Fix algorithm, type, issuer and audience here; never read them from the token.
    rules = {"issuer": environ["ISSUER"], "audience": environ["AUDIENCE"], "options": {"require": ["exp", "iss", "aud", "sub", "sid"]}}
    decoded = jwt.decode_complete(token, keys.get_signing_key_from_jwt(token).key, algorithms=["ES256"], leeway=5, **rules)
    return decoded["payload"] if decoded["header"].get("typ") == "at+jwt" else None

def introspection(token):
    headers = {"Authorization": "Bearer " + environ["SERVICE_KEY"]}
    response = requests.post(environ["DAEMUN"] + "/introspect", data={"token": token}, headers=headers, timeout=5)
    response.raise_for_status()
    return response.json() if response.json()["active"] else None

class App(BaseHTTPRequestHandler):
    def do_GET(self):
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        try:
            caller = {"/jwks": jwks, "/introspection": introspection}[self.path](token if scheme.lower() == "bearer" else "")
            status = 200 if caller else 401
        except (jwt.PyJWTError, requests.RequestException) as error:
            # 503 if daemun is unreachable, 401 if the token is invalid.
            status = 503 if isinstance(error, jwt.PyJWKClientConnectionError | requests.RequestException) else 401
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(caller).encode() if status == 200 else b"")

server = ThreadingHTTPServer(("127.0.0.1", int(environ.get("PORT", "3000"))), App)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
