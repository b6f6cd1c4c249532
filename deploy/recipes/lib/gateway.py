"""The gateway that the recipes run against, and what they need of its admin API."""

import base64
import json
import os
import secrets
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import NamedTuple

# The second is there so that a verifier that only looks for the first's characters is found out.
SCOPES = ["orders:read", "orders:read-archive"]
# So that runs against one gateway do not meet.
RUN = secrets.token_hex(4)
OTHER_AUDIENCE = f"https://other-{RUN}.example.com"
START_SECONDS = 180


class Client(NamedTuple):
    """An agent's credentials; the key is a PEM file (PKCS #8, P-256)."""

    id: str
    secret: str
    key: Path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def send(url, body=None, method=None, **headers):
    """Answers (status, text), whatever the status."""
    request = urllib.request.Request(url, body, {k.replace("_", "-"): v for k, v in headers.items()}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as e:
        with e:
            return e.code, e.read().decode(errors="replace")


class Gateway:
    """A running gateway; as a context manager it ends with what the recipes made there, or wholly."""

    def __init__(self, issuer, admin, credentials, process=None):
        self.issuer = issuer
        self.admin = admin + "/admin/v1"
        self.credentials = credentials
        self.process = process
        self.made = []

    @staticmethod
    def running_at(options):
        return Gateway(options.issuer, options.admin, options.credentials.read_text().strip())

    @staticmethod
    def of_its_own(options):
        port, management = free_port(), free_port()
        data = options.work / "gateway"
        log = options.work / "gateway.log"
        issuer = f"http://localhost:{port}"
        environment = {k: v for k, v in os.environ.items() if not k.startswith("POSTERN_") or k == "POSTERN_JAVA_HOME"}
        with open(log, "wb") as output:
            process = subprocess.Popen(
                [options.postern / "bin/postern", "dev", "--data-dir", data, "--issuer", issuer,
                 "--http-host", "127.0.0.1", "--http-port", str(port), "--management-port", str(management),
                 "--drain-delay", "PT0S"],
                env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                if send(f"http://localhost:{management}/health/ready")[0] == 200:
                    break
            except OSError:
                pass
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                raise SystemExit(f"the gateway did not start:\n{log.read_text()}")
            time.sleep(0.1)
        credentials = (data / "credentials/postern-admin").read_text().strip()
        return Gateway(issuer, f"http://localhost:{management}", credentials, process)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process:
            self.process.terminate()
            self.process.wait(30)
        else:
            for path in reversed(self.made):
                self.call("DELETE", path)

    def token(self, credentials, **parameters):
        basic = base64.b64encode(credentials.encode()).decode()
        form = urllib.parse.urlencode({"grant_type": "client_credentials", **parameters}).encode()
        status, text = send(f"{self.issuer}/oauth2/token", form, Authorization=f"Basic {basic}")
        if status != 200:
            raise AssertionError(f"no token for {parameters}: {status} {text}")
        return json.loads(text)["access_token"]

    def revoke(self, credentials, token):
        basic = base64.b64encode(credentials.encode()).decode()
        form = urllib.parse.urlencode({"token": token}).encode()
        status, text = send(f"{self.issuer}/oauth2/revoke", form, Authorization=f"Basic {basic}")
        if status != 200:
            raise AssertionError(f"the token cannot be ended: {status} {text}")

    def call(self, method, path, body=None):
        token = self.token(self.credentials, audience="urn:postern:admin")
        data = None if body is None else json.dumps(body).encode()
        status, text = send(self.admin + path, data, method,
                            Authorization=f"Bearer {token}", Content_Type="application/json")
        if status >= 300:
            raise AssertionError(f"{method} {path}: {status} {text}")
        return json.loads(text) if text else None

    def service(self, name, audience, signing_alg="ES256"):
        """A service whose tokens live a minute."""
        made = self.call("POST", "/services", {
            "name": name, "audience": audience, "access_token_ttl": 60, "signing_alg": signing_alg,
            "scopes": [{"value": scope} for scope in SCOPES]})
        self.made.append(f"/services/{made['service_id']}")
        return made["service_id"]

    def register(self, name, audience, signing_alg, work):
        """An agent with a secret and a key, granted both scopes on its service and on another one."""
        if not hasattr(self, "other"):
            self.other = self.service("Another service", OTHER_AUDIENCE)
        service = self.service(f"Recipe {name}", audience, signing_alg)
        agent = self.call("POST", "/agents", {"name": f"Recipe {name}"})["client_id"]
        self.made.append(f"/agents/{agent}")
        for granted in (service, self.other):
            self.call("PUT", f"/agents/{agent}/grants/{granted}", {"scopes": SCOPES})
        key = work / "client-key.pem"
        key.touch(0o600)
        subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256",
                        "-out", key], check=True, capture_output=True)
        public = subprocess.run(["openssl", "pkey", "-in", key, "-pubout"], check=True, capture_output=True)
        self.call("POST", f"/agents/{agent}/keys", {"pem": public.stdout.decode()})
        secret = self.call("POST", f"/agents/{agent}/secrets", {})["client_secret"]
        return Client(agent, secret, key)

    def host(self, credential, identifier, agent):
        """A hosted credential that the agent may call with; answers its identifier."""
        made = self.call("POST", "/credentials", {**credential, "identifier": identifier})
        self.made.append(f"/credentials/{made['credential_id']}")
        self.call("PUT", f"/agents/{agent}/credentials/{made['credential_id']}", {"access": ["relay"]})
        return identifier
