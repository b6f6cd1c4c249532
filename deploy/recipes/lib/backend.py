"""What stands around the recipes: a service behind the proxies, and TLS in front of the gateway."""

import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from gateway import send


class Server:
    """A server on a port of its own, until the end of the context."""

    def __init__(self, handler):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.port = self.server.server_port

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Handler(BaseHTTPRequestHandler):
    def answer(self, status, body, content_type):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Orders(Handler):
    """Says who the proxy says is calling."""

    def do_GET(self):
        callers = ", ".join(self.headers.get_all("X-Client-Id", ["nobody"]))
        self.answer(200, f"orders for {callers}\n".encode(), "text/plain")


class TlsFront(Server):
    """The gateway's keys by HTTPS, for a verifier that takes them no other way; ca is the PEM to trust."""

    def __init__(self, gateway, folder):
        class Relay(Handler):
            def do_GET(self):
                status, body = send(gateway.issuer + "/oauth2/jwks")
                self.answer(status, body.encode(), "application/json")

        super().__init__(Relay)
        self.ca, key = folder / "tls.pem", folder / "tls-key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-keyout", key, "-out", self.ca, "-days", "1", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.jwks_uri = f"https://localhost:{self.port}/oauth2/jwks"
