"""Introspects a token with Authlib: introspect.py URL CLIENT_ID CLIENT_SECRET METHOD TOKEN. Prints the response, or the status 401."""

import json
import sys

from authlib.integrations.requests_client import OAuth2Session

url, client_id, client_secret, method, token = sys.argv[1:]
client = OAuth2Session(client_id, client_secret, token_endpoint_auth_method=method)
response = client.introspect_token(f"{url}/introspect", token=token)
print(401 if response.status_code == 401 else json.dumps(response.json()))
