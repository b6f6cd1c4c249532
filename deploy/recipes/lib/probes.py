"""Requests that a recipe's resource server must answer, or refuse."""

import base64
import json
import socket
import time

from gateway import OTHER_AUDIENCE, send

# The most that a recipe's verifier forgives a clock (Spring: a minute), and some more.
LEEWAY_SECONDS = 65


def wait_for_port(port, process, seconds):
    deadline = time.monotonic() + seconds
    while True:
        if process.poll() is not None:
            raise OSError(f"it ended with status {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def request(recipe, token=None):
    settings = recipe.settings.get("request", {})
    body = json.dumps(settings["body"]).encode() if "body" in settings else None
    headers = dict(settings.get("headers", {}), X_Client_Id="intruder")
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    path = recipe.settings.get("path", "/orders")
    return send(f"http://localhost:{recipe.port}{path}", body, **headers)


def probe(recipe):
    client = f"{recipe.client.id}:{recipe.client.secret}"
    token = recipe.gateway.token(client, audience=recipe.audience, scope="orders:read")
    recipe.token, recipe.token_until = token, time.time() + 60
    without_scope = recipe.gateway.token(client, audience=recipe.audience, scope="orders:read-archive")
    elsewhere = recipe.gateway.token(client, audience=OTHER_AUDIENCE, scope="orders:read")

    status, body = request(recipe, token)
    assert status == 200, f"a good token got {status}: {body}"
    assert recipe.client.id in body and "intruder" not in body, f"who calls is told as: {body}"
    yield "a good token: 200, and the client is known"

    for what, bad, expected in (
        ("no token", None, [401]),
        ("a token without the scope", without_scope, [403]),
        ("a token for another audience", elsewhere, [401, 403]),
        ("a token whose claims were changed", forged(token, without_scope), [401]),
        ("a token without a signature", unsigned(token), [401]),
        ("no JWT at all", "x", [401]),
    ):
        status, body = request(recipe, bad)
        assert status in expected, f"{what} got {status}: {body}"
        yield f"{what}: {status}"

    both = recipe.gateway.token(client, audience=recipe.audience)
    status, body = request(recipe, both)
    assert status == 200, f"a token with two scopes got {status}: {body}"
    yield "a token with two scopes: 200"


def probe_ended(recipe):
    """A token that was ended is refused once the lines were fetched, and the next one counts."""
    client = f"{recipe.client.id}:{recipe.client.secret}"
    for what, end in (
        ("a token that its agent has ended", lambda token: recipe.gateway.revoke(client, token)),
        ("a token of an agent whose tokens were ended",
         lambda token: recipe.gateway.call("POST", "/revocations", {"agent": recipe.client.id})),
    ):
        token = recipe.gateway.token(client, audience=recipe.audience, scope="orders:read")
        status, body = request(recipe, token)
        assert status == 200, f"a good token got {status}: {body}"
        end(token)
        status, output = recipe.call(recipe.settings["follow"], 60)
        assert status == 0, f"{recipe.settings['follow']}: {output}"
        deadline = time.monotonic() + 10
        while request(recipe, token)[0] != 401:
            assert time.monotonic() < deadline, f"{what} is accepted"
            time.sleep(0.05)
        yield f"{what}: 401"
    for _ in probe(recipe):
        pass
    yield "the next ones as before"


def forged(token, other):
    """The claims of one, the signature of the other."""
    return token.rpartition(".")[0] + "." + other.rpartition(".")[2]


def unsigned(token):
    header = base64.urlsafe_b64encode(b'{"typ":"at+jwt","alg":"none"}').rstrip(b"=").decode()
    return f"{header}.{token.split('.')[1]}."


def probe_expired(recipes):
    """The names of the recipes that accept an expired token."""
    failed = []
    for recipe in recipes:
        if hasattr(recipe, "token"):
            time.sleep(max(0.0, recipe.token_until + LEEWAY_SECONDS - time.time()))
            status, body = request(recipe, recipe.token)
            print(f"  {recipe.name}: an expired token: {status}", flush=True)
            if status != 401:
                failed.append(recipe.name)
    return failed
