"""A service that checks the agents' tokens by the issuer's published keys."""

import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests
from authlib.jose import JsonWebKey, JsonWebToken
from authlib.jose.errors import JoseError

ISSUER = os.environ["ISSUER"]
AUDIENCE = os.environ["AUDIENCE"]
CLAIMS = {
    "iss": {"essential": True, "value": ISSUER},
    "aud": {"essential": True, "value": AUDIENCE},
    "exp": {"essential": True},
    "client_id": {"essential": True},
    "scope": {"essential": True},
}
jwt = JsonWebToken(["ES256"])


class Keys:
    """The issuer's JWK Set: fetched again every five minutes, and for a key that is not in it."""

    MAX_AGE_SECONDS = 300
    AGAIN_AFTER_SECONDS = 5

    def __init__(self):
        self.lock = threading.Lock()
        self.keys = None
        self.fetched = 0.0

    def find(self, header, payload):
        with self.lock:
            age = time.monotonic() - self.fetched
            if self.keys is None or age > self.MAX_AGE_SECONDS:
                self.fetch()
            elif age > self.AGAIN_AFTER_SECONDS and header.get("kid") not in self.kids():
                self.fetch()
            return self.keys.find_by_kid(header.get("kid"))

    def kids(self):
        return {key.kid for key in self.keys.keys}

    def fetch(self):
        response = requests.get(f"{ISSUER}/oauth2/jwks", timeout=10)
        response.raise_for_status()
        self.keys = JsonWebKey.import_key_set(response.json())
        self.fetched = time.monotonic()


keys = Keys()


def verify(authorization):
    """The claims of a valid token. ValueError or JoseError when it is not one."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer":
        raise ValueError("no bearer token")
    claims = jwt.decode(token, keys.find, claims_options=CLAIMS)
    if claims.header.get("typ") != "at+jwt":
        raise ValueError("not an access token")
    claims.validate(leeway=10)
    return claims


class Orders(BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            claims = verify(self.headers["Authorization"])
        except (JoseError, ValueError):
            self.answer(401, {"WWW-Authenticate": "Bearer"})
        except requests.RequestException:
            self.answer(503)
        else:
            if "orders:read" in claims["scope"].split():
                self.answer(200, body=f"orders for {claims['client_id']}\n")
            else:
                self.answer(403, {"WWW-Authenticate": 'Bearer error="insufficient_scope", scope="orders:read"'})

    def answer(self, status, headers={}, body=""):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())


ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Orders).serve_forever()
