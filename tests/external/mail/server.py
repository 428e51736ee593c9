"""A mail server in Python with STARTTLS and a password. It keeps every message."""

import logging
import re
import socket
import subprocess
from email import message_from_bytes, policy
from html.parser import HTMLParser
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from urllib.parse import parse_qsl, urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

# aiosmtpd logs a deprecation warning about itself at every login.
logging.getLogger("mail.log").setLevel(logging.ERROR)

USER, PASSWORD = "no-reply@example.com", "Purple-lantern/7%"
APP_NAME, APP_URL, APP_COLOR = "Example 예시", "https://app.example.com", "#17695a"
INVITATION_URL = f"{APP_URL}/join"


def certificate(folder):
    """Creates a self-signed certificate for this machine, and its key."""
    made = folder / "server.pem", folder / "server.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
         "-addext", "basicConstraints=critical,CA:FALSE", "-out", made[0], "-keyout", made[1]],
        check=True, capture_output=True,
    )
    return made


def free_port():
    """Returns a port that refuses connections until a server listens on it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MailServer(Controller):
    """Accepts mail from clients that use TLS and log in."""

    def __init__(self, port, made):
        self.messages = []
        context = SSLContext(PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*made)
        super().__init__(
            self, hostname="127.0.0.1", port=port, server_hostname="mail.example.com", tls_context=context,
            require_starttls=True, auth_required=True, authenticator=self.authenticate, enable_SMTPUTF8=False,
        )

    @staticmethod
    def authenticate(_server, _session, _envelope, _mechanism, given):
        return AuthResult(success=(given.login, given.password) == (USER.encode(), PASSWORD.encode()))

    async def handle_DATA(self, _server, _session, envelope):
        self.messages.append(Mail(envelope))
        return "250 2.0.0 Ok"

    def of(self, recipient):
        """Returns this mailbox's messages, the oldest first."""
        return [mail for mail in self.messages if mail.recipients == [recipient]]


class Mail:
    """A message as Python's own parser reads it, with the checks that every message must pass."""

    def __init__(self, envelope):
        self.recipients = envelope.rcpt_tos
        self.raw = envelope.original_content
        self.message = message_from_bytes(self.raw, policy=policy.default)
        self.text = self.message.get_body(("plain",)).get_content().replace("\r\n", "\n")
        self.html = self.message.get_body(("html",)).get_content()
        self.page = Page(self.html)

    @property
    def code(self):
        return re.search(r"^ {4}(\d{6})$", self.text, re.MULTILINE)[1]

    @property
    def link(self):
        return re.search(r"^https://\S+#(token|invitation)=\S+$", self.text, re.MULTILINE)[0]

    @property
    def token(self):
        return self.fragment["token"]

    @property
    def email(self):
        return self.fragment["email"]

    @property
    def fragment(self):
        return dict(parse_qsl(urlsplit(self.link).fragment))

    def check(self, language, has_code, has_link):
        """Checks the headers and both parts, that the parts have the same content, and whether it has a code and a link."""
        message, page = self.message, self.page
        parts = [part for part in message.walk() if not part.is_multipart()]
        assert not message.defects and not any(part.defects for part in parts), self.raw
        assert message.get_content_type() == "multipart/alternative"
        assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
        assert message["from"].addresses[0].display_name == APP_NAME
        assert message["from"].addresses[0].addr_spec == USER
        assert [to.addr_spec for to in message["to"].addresses] == self.recipients
        assert message["date"].datetime.utcoffset().total_seconds() == 0
        assert re.fullmatch(r"<[0-9a-f-]{36}@example\.com>", message["message-id"]), message["message-id"]
        assert message["auto-submitted"] == "auto-generated"
        assert message["content-language"] == page.language == language
        assert message["subject"] == page.title and message["subject"] in self.text
        assert bool(re.search("[가-힣]", message["subject"])) == (language == "ko")
        assert self.raw.isascii() and max(map(len, self.raw.split(b"\r\n"))) <= 998
        assert page.resources == [], page.resources
        for line in filter(None, map(squeezed, self.text.splitlines())):
            assert line in squeezed(page.words), line
        assert bool(re.search(r"^ {4}\d{6}$", self.text, re.MULTILINE)) == has_code
        if has_code:
            assert self.code in page.words
        if has_link:
            assert page.links == [self.link] * 2 + [APP_URL]
            assert f"background-color:{APP_COLOR}" in self.html
        else:
            assert page.links == [APP_URL] and "token" not in self.text
        assert self.text.startswith(APP_NAME) and self.text.endswith(f"\n\n{APP_NAME}\n{APP_URL}\n"), self.text


def squeezed(text):
    """Returns the text without the layout, which differs between the two parts."""
    return re.sub(r"\s", "", text).rstrip(":")


class Page(HTMLParser):
    """The content of an HTML part, and the resources that it would load."""

    def __init__(self, html):
        super().__init__()
        self.language, self.title, self.words, self.links, self.resources = None, "", "", [], []
        self.within = []
        self.feed(html)
        self.close()
        assert self.within == [], self.within

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag not in ("meta", "br"):
            self.within.append(tag)
        if tag == "html":
            self.language = attributes["lang"]
        if tag == "a":
            self.links.append(attributes["href"])
        loads = tag in ("img", "script", "link", "iframe", "style", "form", "object", "video", "audio")
        if loads or "src" in attributes or "background" in attributes or "url(" in attributes.get("style", ""):
            self.resources.append(tag)

    def handle_endtag(self, tag):
        assert self.within.pop() == tag

    def handle_data(self, data):
        if self.within[-1:] == ["title"]:
            self.title += data
        elif self.within:
            self.words += data + "\n"
