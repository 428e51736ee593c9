"""A built binary on a free port, in its own folder, and requests to it."""

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

from server import APP_COLOR, APP_NAME, APP_URL, INVITATION_URL, PASSWORD, USER

ACCOUNT_PASSWORD = "Correct-Horse-7-battery"


class Service:
    """Starts the service at once. `stop` sends SIGTERM, and fails if the service logged an error."""

    def __init__(self, folder, port, made, **settings):
        folder.mkdir()
        url = f"smtp://{quote(USER)}:{quote(PASSWORD, safe='')}@127.0.0.1:{port}"
        self.environment = {
            "DAEMUN_LISTEN": "127.0.0.1:0", "DAEMUN_LOG_FORMAT": "json", "DAEMUN_UNSAFE_FAST_HASHES": "true",
            "DAEMUN_BCRYPT_COST": "4", "DAEMUN_CAPTCHA": "off",
            "DAEMUN_MAIL_URL": url, "DAEMUN_MAIL_FROM": USER, "DAEMUN_APP_NAME": APP_NAME, "DAEMUN_APP_URL": APP_URL,
            "DAEMUN_APP_COLOR": APP_COLOR, "DAEMUN_INVITATION_URL": INVITATION_URL,
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
        """Returns the status and the JSON of the response."""
        headers = {"accept-language": language, "user-agent": agent}
        if body is not None:
            headers["content-type"] = "application/json"
        if token:
            headers["authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                text, status = response.read(), response.status
        except urllib.error.HTTPError as rejected:
            text, status = rejected.read(), rejected.code
        return status, json.loads(text) if text else None

    def expect(self, status, method, path, body=None, **how):
        """Sends a request, checks the status of the response and returns its JSON."""
        found, response = self.call(method, path, body, **how)
        assert found == status, (method, path, found, response)
        return response

    def sign_up(self, name, status=201, **how):
        """Signs up with this username. Returns the session's token, if there is a session."""
        body = {"username": name, "email": f"{name}@example.com", "password": ACCOUNT_PASSWORD}
        return (self.expect(status, "POST", "/signup", body, **how).get("session") or {}).get("token")

    def create(self, name):
        """Creates an account by the command line, which sends no mail. Returns its address."""
        mailbox = f"{name}@example.com"
        self.run("user", "create", name, mailbox, given=ACCOUNT_PASSWORD)
        return mailbox

    def run(self, *words, given=None):
        """Runs a subcommand beside the service, with this standard input."""
        command = [os.environ["DAEMUN"], *words]
        subprocess.run(command, cwd=self.folder, env=self.environment, input=given, text=True, check=True, capture_output=True)

    def events(self, name):
        """Returns how many log lines have this event."""
        return sum(line.get("event") == name for line in self.log)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0
        self.reader.join()
        errors = [line for line in self.log if line["level"] == "ERROR"]
        assert not errors, errors
        text = json.dumps(self.log, ensure_ascii=False)
        assert "@example.com" not in text and PASSWORD not in text, "the log contains a recipient or the password"


def wait(condition, seconds=60):
    """Waits until the condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the condition did not hold in time"
        time.sleep(0.01)
