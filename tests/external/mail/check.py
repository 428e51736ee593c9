"""Sends every message through a real mail server, reads it with Python's own parser and uses it as a person would; then an outage.

python check.py FOLDER [SIGN_UPS] writes the messages and their HTML parts to FOLDER, named by kind and language. DAEMUN names the binary.
"""

import collections
import concurrent.futures
import pathlib
import subprocess
import sys
import tempfile
import time

from authenticator import Authenticator
from server import APP_URL, INVITATION_URL, MailServer, certificate, free_port
from service import ACCOUNT_PASSWORD, Service, wait

OTHER_PASSWORD = "Seven-Purple-9-lanterns"


class Person:
    """Uses one mailbox after another, and checks each message when it is due."""

    def __init__(self, server, service, out, language):
        self.server, self.service, self.out, self.language = server, service, out, language
        self.seen = collections.Counter()

    def next(self, mailbox, kind, has_code=False, has_link=None):
        """Returns the next message of this mailbox, checked and written to the folder. With a code there is a link, unless stated."""
        wait(lambda: len(self.server.of(mailbox)) > self.seen[mailbox])
        mail = self.server.of(mailbox)[self.seen[mailbox]]
        self.seen[mailbox] += 1
        mail.check(self.language, has_code, has_code if has_link is None else has_link)
        (self.out / f"{kind}-{self.language}.eml").write_bytes(mail.raw)
        (self.out / f"{kind}-{self.language}.html").write_text(mail.html)
        return mail

    def post(self, path, body, status=200, token=None, method="POST", **how):
        return self.service.expect(status, method, path, body, token=token, language=self.language, **how)

    def with_optional_verification(self):
        """Signs up, verifies and changes the email, resets a password and logs in with a code, where verification is optional."""
        name = f"minji-{self.language}"
        mailbox, new_mailbox = f"{name}@example.com", f"new-{name}@example.com"
        token = self.service.sign_up(name, language=self.language)
        mail = self.next(mailbox, "verify_email", has_code=True)
        assert self.post("/email/verify", {"code": mail.code}, token=token)["email_verified"]
        phone = "Mozilla/5.0 (Linux; Android 16) Chrome/142.0 Mobile Safari/537.36 evil.example"
        self.post("/login", {"identifier": mailbox, "password": ACCOUNT_PASSWORD}, agent=phone)
        notice = self.next(mailbox, "new_device")
        assert "Chrome, Android" in notice.text and "127.0.0.1" in notice.text and "evil" not in notice.text
        self.post("/me/email", {"email": new_mailbox}, 202, token, "PUT")
        assert name in self.next(mailbox, "email_change_requested").text
        change = self.next(new_mailbox, "change_email", has_code=True)
        changed = self.post("/email/verify", {"token": change.token}, token=token)
        assert changed["email"] == new_mailbox
        self.next(mailbox, "email_changed")
        mailbox = self.service.create(f"suji-{self.language}")
        self.post("/password/forgot", {"email": mailbox}, 202)
        reset = self.next(mailbox, "reset_password", has_code=True)
        assert "30" in reset.text and reset.link.startswith("https://app.example.com/auth/password/reset#token=dmc_") and reset.email == mailbox
        self.post("/password/reset", {"token": reset.token, "new_password": OTHER_PASSWORD}, 204)
        self.next(mailbox, "password_changed")
        self.post("/password/reset", {"token": reset.token, "new_password": OTHER_PASSWORD}, 410)
        self.post("/login/code", {"email": mailbox}, 202)
        code = self.next(mailbox, "log_in", has_code=True, has_link=False).code
        assert self.post("/login/code/verify", {"email": mailbox, "code": code})["user"]["email"] == mailbox

    def with_second_factors(self):
        """Sets up an authenticator app, uses up a challenge, uses and replaces recovery codes, and removes the app."""
        name = f"bora-{self.language}"
        mailbox = f"{name}@example.com"
        token = self.service.sign_up(name, language=self.language)
        mail = self.next(mailbox, "verify_email", has_code=True)
        self.post("/email/verify", {"code": mail.code}, token=token)
        secret = self.post("/me/totp", {}, token=token)["secret"]
        codes = self.post("/me/totp/verify", {"code": app_code(secret)}, token=token)["recovery_codes"]
        assert name in self.next(mailbox, "totp_enabled").text
        login = {"identifier": name, "password": ACCOUNT_PASSWORD}
        challenge = self.post("/login", login, 401)["challenge"]
        for _ in range(5):
            self.post("/login/second-factor", {"challenge": challenge, "code": "none"}, 422)
        self.next(mailbox, "second_factor_guessed")
        challenge = self.post("/login", login, 401)["challenge"]
        self.post("/login/second-factor", {"challenge": challenge, "recovery_code": codes[0]})
        used = self.next(mailbox, "recovery_code_used")
        assert codes[0] not in used.text, "a used code is still a secret"
        self.post("/me/recovery-codes", {}, token=token)
        self.next(mailbox, "recovery_codes_renewed")
        self.post("/me/totp", None, 204, token, "DELETE")
        self.next(mailbox, "totp_disabled")
        if self.language == "en":
            # The mail of an operator's command is in English.
            secret = self.post("/me/totp", {}, token=token)["secret"]
            self.post("/me/totp/verify", {"code": app_code(secret)}, token=token)
            self.next(mailbox, "totp_enabled")
            self.service.run("user", "reset-second-factors", name)
            self.next(mailbox, "second_factors_reset")

    def with_passkeys(self):
        """Registers a passkey, logs in with a copy of it whose counter is behind, and removes the passkey."""
        name = f"nari-{self.language}"
        mailbox = f"{name}@example.com"
        token = self.service.sign_up(name, language=self.language)
        mail = self.next(mailbox, "verify_email", has_code=True)
        self.post("/email/verify", {"code": mail.code}, token=token)
        authenticator = Authenticator("app.example.com", APP_URL)
        started = self.post("/me/passkeys/options", {}, token=token)
        body = {"ceremony": started["ceremony"], "name": "Laptop", "credential": authenticator.create(started["options"])}
        passkey = self.post("/me/passkeys", body, 201, token)["passkey"]
        assert name in self.next(mailbox, "passkey_added").text

        def log_in(status):
            started = self.post("/login/passkey/options", {})
            body = {"ceremony": started["ceremony"], "credential": authenticator.get(started["options"])}
            self.post("/login/passkey", body, status)

        authenticator.count = 9
        log_in(200)
        authenticator.count = 8
        log_in(422)
        self.next(mailbox, "passkey_counter_went_back")
        self.post(f"/me/passkeys/{passkey['id']}", None, 204, token, "DELETE")
        self.next(mailbox, "passkey_removed")

    def with_invitation(self):
        """Signs up with a mailed invitation, which verifies the email."""
        name = f"duri-{self.language}"
        mailbox = f"{name}@example.com"
        self.service.run("invite", "create", "--email", mailbox, "--language", self.language)
        mail = self.next(mailbox, "invitation", has_link=True)
        assert mail.link.startswith(f"{INVITATION_URL}#invitation=dmi_")
        body = {"username": name, "email": mailbox, "password": ACCOUNT_PASSWORD, "invitation": mail.fragment["invitation"]}
        assert self.post("/signup", body, 201)["user"]["email_verified"]

    def with_required_verification(self):
        """Verifies a pending signup, and signs up with an address that has an account, where verification is required."""
        name = f"jisoo-{self.language}"
        mailbox = f"{name}@example.com"
        self.service.sign_up(name, 202, language=self.language)
        mail = self.next(mailbox, "sign_up", has_code=True)
        assert name not in mail.text.replace(mail.link, ""), "an attacker can choose the username"
        proof = {"email": mailbox, "code": mail.code, "password": ACCOUNT_PASSWORD}
        assert self.post("/email/verify", proof)["username"] == name
        mailbox = self.service.create(f"hana-{self.language}")
        body = {"username": f"{name}2", "email": mailbox, "password": ACCOUNT_PASSWORD}
        self.post("/signup", body, 202)
        self.next(mailbox, "account_exists")


def app_code(secret):
    """Returns the code that an authenticator app shows now."""
    return subprocess.run(["oathtool", "--totp", "--base32", secret], check=True, capture_output=True, text=True).stdout.strip()


def outage(folder, made, count):
    """Signs up while no mail server listens, then starts one and waits for the messages."""
    port = free_port()
    service = Service(folder / "outage", port, made, DAEMUN_RATE_LIMITS="off")
    took = []

    def sign_up(number):
        since = time.monotonic()
        service.sign_up(f"person{number}")
        took.append(time.monotonic() - since)

    with concurrent.futures.ThreadPoolExecutor(8) as clients:
        list(clients.map(sign_up, range(count)))
    wait(lambda: service.events("mail.unreachable") == 1)
    server = MailServer(port, made)
    server.start()
    back = time.monotonic()
    wait(lambda: len(server.messages) >= count, 300)
    after = time.monotonic() - back
    service.sign_up("last")
    wait(lambda: server.of("last@example.com"))
    service.stop()
    server.stop()
    ids = {mail.message["message-id"] for mail in server.messages}
    mailboxes = collections.Counter(mail.recipients[0] for mail in server.messages)
    duplicates = len(server.messages) - len(ids)
    print(
        f"outage: {len(took)} signups got 201 while no server listened, the slowest in {max(took) * 1000:.0f} ms; "
        f"{count} mails within {after:.1f} s of the server's return; mailboxes with one mail "
        f"{sum(times == 1 for times in mailboxes.values()) - 1}, duplicates {duplicates}, lost {count + 1 - len(ids)}"
    )
    assert len(mailboxes) == count + 1 and set(mailboxes.values()) == {1} and duplicates == 0


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        made = certificate(folder)
        server = MailServer(free_port(), made)
        server.start()
        for steps, settings in [
            (Person.with_optional_verification, {"DAEMUN_EMAIL_VERIFICATION": "optional", "DAEMUN_EMAIL_LOG_IN": "on"}),
            (Person.with_required_verification, {"DAEMUN_EMAIL_VERIFICATION": "required"}),
            # Without rate limits no device is recognized, and wrong codes cause no wait.
            (Person.with_second_factors, {"DAEMUN_RATE_LIMITS": "off"}),
            (Person.with_passkeys, {"DAEMUN_RATE_LIMITS": "off"}),
            (Person.with_invitation, {"DAEMUN_EMAIL_VERIFICATION": "required", "DAEMUN_SIGN_UP": "invited"}),
        ]:
            service = Service(folder / steps.__name__, server.port, made, **settings)
            for language in ("en", "ko"):
                steps(Person(server, service, out, language))
            service.stop()
        server.stop()
        print(f"{len(server.messages)} messages of {len(list(out.glob('*-en.eml')))} kinds, {len(list(out.glob('*-ko.eml')))} of them in Korean too, all checks passed")
        outage(folder, made, count)


main()
