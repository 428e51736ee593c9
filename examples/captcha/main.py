"""Signs up from a program without a browser, with a proof of work, and tells the answer: python3 main.py http://localhost:8080 minji"""

import base64
import hashlib
import itertools
import json
import sys
import urllib.request


def captcha(service):
    """The solution of a new challenge, which is good for one request."""
    with urllib.request.urlopen(f"{service}/captcha") as answer:
        challenge = json.load(answer)
    wanted = challenge["parameters"]
    nonce, salt = bytes.fromhex(wanted["nonce"]), bytes.fromhex(wanted["salt"])
    for counter in itertools.count():
        password = nonce + counter.to_bytes(4, "big")
        key = hashlib.pbkdf2_hmac("sha256", password, salt, wanted["cost"], wanted["keyLength"]).hex()
        if key.startswith(wanted["keyPrefix"]):
            break
    payload = {"challenge": challenge, "solution": {"counter": counter, "derivedKey": key}}
    return base64.b64encode(json.dumps(payload).encode()).decode()


service, name = sys.argv[1:]
account = {"username": name, "email": f"{name}@example.com", "password": "Correct-Horse-7-battery"}
body = json.dumps({**account, "captcha": captcha(service)}).encode()
request = urllib.request.Request(f"{service}/signup", body, {"Content-Type": "application/json"})
with urllib.request.urlopen(request) as answer:
    print(json.load(answer))
