"""An agent that calls a service: client.py secret|key"""

import os
import sys
from pathlib import Path

import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT

issuer = os.environ["ISSUER"]
client_id = os.environ["CLIENT_ID"]

metadata = requests.get(f"{issuer}/.well-known/oauth-authorization-server", timeout=10).json()
token_endpoint = metadata["token_endpoint"]

if sys.argv[1] == "key":
    key = Path(os.environ["CLIENT_KEY"]).read_text()
    session = OAuth2Session(client_id, key, token_endpoint_auth_method="private_key_jwt")
    # What Authlib calls the token endpoint here is the assertion's audience: it must be the issuer.
    session.register_client_auth_method(PrivateKeyJWT(issuer, alg="ES256"))
else:
    session = OAuth2Session(
        client_id, os.environ["CLIENT_SECRET"], token_endpoint_auth_method="client_secret_basic"
    )

session.fetch_token(
    token_endpoint,
    grant_type="client_credentials",
    audience=os.environ["AUDIENCE"],
    scope="orders:read",
)
response = session.get(os.environ["URL"], timeout=10)
print(response.status_code, response.text)
