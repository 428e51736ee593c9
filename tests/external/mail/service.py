"""A built binary on a free port, in a folder of its own, and calls to it."""

import atexit
import json
import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from urllib.parse import quote

from server import PASSWORD, USER

ACCOUNT_PASSWORD = "Correct-Horse-7-battery"


class Service:
    """Starts at once; `stop` ends it as an operator does and fails if it complained about itself."""

    def __init__(self, folder, port, made, **settings):
        folder.mkdir()
        url = f"smtp://{quote(USER)}:{quote(PASSWORD, safe='')}@127.0.0.1:{port}"
        self.environment = {
            "DAEMUN_LISTEN": "127.0.0.1:0", "DAEMUN_LOG_FORMAT": "json", "DAEMUN_UNSAFE_FAST_HASHES": "true",
            "DAEMUN_BCRYPT_COST": "4", "DAEMUN_CAPTCHA": "off",
            "DAEMUN_MAIL_URL": url, "DAEMUN_MAIL_FROM": "Example 예시 <no-reply@example.com>",
            "DAEMUN_PUBLIC_URL": "https://app.example.com/auth", "SSL_CERT_FILE": str(made[0]), **settings,
        }
        self.folder, self.log, ready = folder, [], threading.Event()
        self.process = subprocess.Popen(
            [os.environ["DAEMUN"], "serve"], cwd=folder, env=self.environment, stdout=subprocess.PIPE, text=True
        )

        atexit.register(self.process.kill)

        def read():
            for line in self.process.stdout:
                self.log.append(json.loads(line))
                if self.log[-1].get("event") == "service.ready":
                    self.url = self.log[-1]["api"]
                    ready.set()

        self.reader = threading.Thread(target=read, daemon=True)
        self.reader.start()
        assert ready.wait(30), "the service did not start"

    def call(self, method, path, body=None, token=None, language="en", agent="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"):
        """Status and JSON of the answer."""
        headers = {"accept-language": language, "user-agent": agent}
        if body is not None:
            headers["content-type"] = "application/json"
        if token:
            headers["authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text, status = answer.read(), answer.status
        except urllib.error.HTTPError as refused:
            text, status = refused.read(), refused.code
        return status, json.loads(text) if text else None

    def expect(self, status, method, path, body=None, **how):
        """The JSON of an answer with this status."""
        found, answer = self.call(method, path, body, **how)
        assert found == status, (method, path, found, answer)
        return answer

    def sign_up(self, name, status=201, **how):
        """Signs up as this name; the token of the session, if one was opened."""
        body = {"username": name, "email": f"{name}@example.com", "password": ACCOUNT_PASSWORD}
        return (self.expect(status, "POST", "/signup", body, **how).get("session") or {}).get("token")

    def create(self, name):
        """Makes an account from beside, which has got no mail yet; its address."""
        mailbox = f"{name}@example.com"
        command = [os.environ["DAEMUN"], "user", "create", name, mailbox]
        subprocess.run(
            command, cwd=self.folder, env=self.environment, input=ACCOUNT_PASSWORD, text=True, check=True, capture_output=True
        )
        return mailbox

    def events(self, name):
        """How often the log tells of this."""
        return sum(line.get("event") == name for line in self.log)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0
        self.reader.join()
        complaints = [line for line in self.log if line["level"] == "ERROR"]
        assert not complaints, complaints
        told = json.dumps(self.log, ensure_ascii=False)
        assert "@example.com" not in told and PASSWORD not in told, "the log tells of whom mail is for"


def wait(is_so, seconds=60):
    """Waits until it is so."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never came to pass"
        time.sleep(0.01)
