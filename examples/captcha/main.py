"""Signs up without a browser, with a proof of work, and prints the response: python3 main.py http://localhost:8080 minji"""

import base64
import hashlib
import itertools
import json
import sys
import urllib.request


def captcha(service):
    """Returns the solution of a new challenge. A solution is valid for one request."""
    with urllib.request.urlopen(f"{service}/captcha") as response:
        challenge = json.load(response)
    parameters = challenge["parameters"]
    nonce, salt = bytes.fromhex(parameters["nonce"]), bytes.fromhex(parameters["salt"])
    for counter in itertools.count():
        password = nonce + counter.to_bytes(4, "big")
        key = hashlib.pbkdf2_hmac("sha256", password, salt, parameters["cost"], parameters["keyLength"]).hex()
        if key.startswith(parameters["keyPrefix"]):
            break
    payload = {"challenge": challenge, "solution": {"counter": counter, "derivedKey": key}}
    return base64.b64encode(json.dumps(payload).encode()).decode()


service, name = sys.argv[1:]
account = {"username": name, "email": f"{name}@example.com", "password": "Correct-Horse-7-battery"}
body = json.dumps({**account, "captcha": captcha(service)}).encode()
request = urllib.request.Request(f"{service}/signup", body, {"Content-Type": "application/json"})
with urllib.request.urlopen(request) as response:
    print(json.load(response))
