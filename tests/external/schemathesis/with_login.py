"""The pass with a login. Each case has its own account, so that no case sees another's changes. `POST /introspect` gets a service key."""

import functools
import itertools
import os
import subprocess

import requests
import schemathesis

# The password of the document's examples, so that deleting the account and changing its password succeed.
PASSWORD = "Correct-Horse-7-battery"
numbers = itertools.count(1)


@schemathesis.auth(refresh_interval=None)
class FreshAccount:
    def get(self, case, context):
        name = f"case-{next(numbers)}"
        body = {"username": name, "email": f"{name}@example.com", "password": PASSWORD}
        response = requests.post(f"{os.environ['SERVICE_URL']}/signup", json=body, timeout=30)
        response.raise_for_status()
        return response.json()["session"]

    def set(self, case, session, context):
        key = service_key() if case.operation.label == "POST /introspect" else session["token"]
        case.headers["Authorization"] = f"Bearer {key}"
        if is_valid_fuzz_case(case) and case.operation.label == "DELETE /sessions/{id}":
            case.path_parameters["id"] = session["id"]


@functools.cache
def service_key():
    command = [os.environ["DAEMUN"], "key", "create", "schemathesis"]
    created = subprocess.run(command, cwd=os.environ["SERVICE_FOLDER"], check=True, capture_output=True, text=True)
    return created.stdout.split()[0]


@schemathesis.hook
def before_call(context, case, **kwargs):
    """Random data never contains a valid username and a strong password, so every other valid signup gets them."""
    number = next(numbers)
    if is_valid_fuzz_case(case) and case.operation.label == "POST /signup" and number % 2:
        case.body |= {"username": f"random-{number}", "password": PASSWORD}


def is_valid_fuzz_case(case):
    return case.meta and case.meta.phase.name == "fuzzing" and case.meta.generation.mode.is_positive
