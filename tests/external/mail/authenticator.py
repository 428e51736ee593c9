"""An authenticator in software with one passkey (ES256, WebAuthn Level 3), and the browser around it."""

import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from struct import pack

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

USER_PRESENT, USER_VERIFIED, HAS_CREDENTIAL = 1, 4, 64


class Authenticator:
    """A passkey for pages of this origin. `count` is its signature counter, which it does not raise by itself."""

    def __init__(self, rp_id, origin):
        self.rp_id, self.origin, self.count, self.user_handle = rp_id, origin, 1, None
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = sha256(self.cose_key()).digest()

    def create(self, options):
        """Returns the response to creation options, as `toJSON()` of the browser does."""
        self.user_handle = options["user"]["id"]
        data = self.data(HAS_CREDENTIAL) + bytes(16) + pack(">H", len(self.id)) + self.id + self.cose_key()
        # {"fmt": "none", "attStmt": {}, "authData": h'…'}
        attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58" + bytes([len(data)]) + data
        return self.credential(clientDataJSON=self.client_data("webauthn.create", options), attestationObject=attestation)

    def get(self, options):
        """Returns the response to request options."""
        data, client_data = self.data(), self.client_data("webauthn.get", options)
        signature = self.key.sign(data + sha256(client_data).digest(), ec.ECDSA(SHA256()))
        return self.credential(clientDataJSON=client_data, authenticatorData=data, signature=signature)

    def client_data(self, kind, options):
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}).encode()

    def data(self, flags=0):
        return sha256(self.rp_id.encode()).digest() + pack(">BI", flags | USER_PRESENT | USER_VERIFIED, self.count)

    def cose_key(self):
        point = self.key.public_key().public_numbers()
        x, y = point.x.to_bytes(32), point.y.to_bytes(32)
        # {1: 2, 3: -7, -1: 1, -2: x, -3: y}
        return b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20" + x + b"\x22\x58\x20" + y

    def credential(self, **response):
        parts = {name: encoded(value) for name, value in response.items()}
        if "signature" in parts:
            parts["userHandle"] = self.user_handle
        return {
            "id": encoded(self.id), "rawId": encoded(self.id), "type": "public-key", "authenticatorAttachment": "platform",
            "clientExtensionResults": {}, "response": parts,
        }


def encoded(value):
    return urlsafe_b64encode(value).rstrip(b"=").decode()
