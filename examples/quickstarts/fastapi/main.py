"""An API for users: it validates access tokens with daemun's public keys, offline."""

import os
from typing import Annotated, Any

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi.staticfiles import StaticFiles

DAEMUN = os.environ.get("DAEMUN", "http://127.0.0.1:8080")
ISSUER = os.environ.get("ISSUER", "http://localhost:8080")

app = FastAPI()
bearer = HTTPBearer(auto_error=False)
keys = jwt.PyJWKClient(f"{DAEMUN}/.well-known/jwks.json", lifespan=300)
unauthenticated = HTTPException(401, "A valid access token is needed.", headers={"WWW-Authenticate": "Bearer"})


def current_claims(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> dict[str, Any]:
    """Returns the claims of the request's access token. Fix the algorithm, type, issuer and audience here."""
    if credentials is None:
        raise unauthenticated
    token = credentials.credentials
    try:
        key = keys.get_signing_key_from_jwt(token)
        decoded = jwt.decode_complete(
            token, key, algorithms=["ES256"], issuer=ISSUER, audience=ISSUER, options={"require": ["exp", "sub"]}
        )
    except jwt.PyJWKClientConnectionError as error:
        raise HTTPException(503, "The keys are unavailable.", headers={"Retry-After": "2"}) from error
    except jwt.PyJWTError as error:
        raise unauthenticated from error
    if decoded["header"].get("typ") != "at+jwt":
        raise unauthenticated
    return decoded["payload"]


Claims = Annotated[dict[str, Any], Depends(current_claims)]


@app.get("/api/members")
def members(claims: Claims) -> dict[str, Any]:
    return {"user_id": claims["sub"], "roles": claims["roles"]}


# The pages are last, because they take every other path.
app.mount("/", StaticFiles(directory="static", html=True))
