"""Signs up and logs in with a client that openapi-python-client generates. SERVICE_URL names the service."""

import os

from daemun_client import AuthenticatedClient, Client
from daemun_client.api.accounts import log_in, sign_up
from daemun_client.api.me import get_me
from daemun_client.models import LogIn, LogInTransport, LoggedIn, SignUp, User

url = os.environ["SERVICE_URL"]
visitor = Client(base_url=url)
password = "Correct-Horse-7-battery"

account = SignUp(username="Pia", email="pia@example.com", password=password)
signed_up = sign_up.sync(client=visitor, body=account)
assert isinstance(signed_up, LoggedIn), signed_up

credentials = LogIn(identifier=account.email, password=password, transport=LogInTransport.TOKEN, remember=None)
logged_in = log_in.sync(client=visitor, body=credentials)
assert isinstance(logged_in, LoggedIn) and isinstance(logged_in.session.token, str), logged_in

member = AuthenticatedClient(base_url=url, token=logged_in.session.token)
me = get_me.sync(client=member)
assert isinstance(me, User) and me == signed_up.user, me
print("openapi-python-client: signed up and logged in")
