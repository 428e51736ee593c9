"""The authenticated pass: each case has an account of its own, so that none sees what another one changed or ended, and the
service that introspects tokens has its key."""

import functools
import itertools
import os
import subprocess

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
        answer = requests.post(f"{os.environ['SERVICE_URL']}/signup", json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()["session"]

    def set(self, case, session, context):
        proof = service_key() if case.operation.label == "POST /introspect" else session["token"]
        case.headers["Authorization"] = f"Bearer {proof}"
        if is_fuzzed_well(case) and case.operation.label == "DELETE /sessions/{id}":
            case.path_parameters["id"] = session["id"]


@functools.cache
def service_key():
    command = [os.environ["DAEMUN"], "key", "create", "judge"]
    created = subprocess.run(command, cwd=os.environ["SERVICE_FOLDER"], check=True, capture_output=True, text=True)
    return created.stdout.split()[0]


@schemathesis.hook
def before_call(context, case, **kwargs):
    """Chance never finds an unmixed name and a strong password, so every other sign-up that fits the schema is given them."""
    number = next(numbers)
    if is_fuzzed_well(case) and case.operation.label == "POST /signup" and number % 2:
        case.body |= {"username": f"chance-{number}", "password": PASSWORD}


def is_fuzzed_well(case):
    return case.meta and case.meta.phase.name == "fuzzing" and case.meta.generation.mode.is_positive
