"""Gives each case of the authenticated pass an account of its own, so that no case sees what another one changed or ended."""

import itertools

import requests
import schemathesis

# The password of the document's examples: deleting the account and changing its password are done for real, too.
PASSWORD = "Correct-Horse-7-battery"
numbers = itertools.count(1)


@schemathesis.auth(refresh_interval=None)
class FreshAccount:
    def get(self, case, context):
        name = f"case-{next(numbers)}"
        body = {"username": name, "email": f"{name}@example.com", "password": PASSWORD}
        answer = requests.post(f"{case.operation.base_url}/signup", json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()["session"]["token"]

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"
