import base64
import binascii
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOLERANCE_SECONDS = 5 * 60

# The result of a crossover lists all its trades.
MAX_BYTES = 10_000_000


class NotVerified(Exception):
    pass


def verify(secret, headers, body):
    """Raises NotVerified unless the bytes of the body were signed with the secret, by Standard Webhooks 1.0."""
    webhook_id = headers.get("webhook-id")
    timestamp = headers.get("webhook-timestamp", "")
    signatures = headers.get("webhook-signature")
    if not webhook_id or not timestamp or not signatures:
        raise NotVerified("a header is missing")
    if not (timestamp.isascii() and timestamp.isdigit()):
        raise NotVerified("the timestamp is no number")
    if abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        raise NotVerified("the timestamp is too far away")
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    expected = b"v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest())
    # The sender sends one signature per secret, several during a rotation. A constant-time comparison: otherwise a
    # signature could be guessed byte by byte.
    if not any(hmac.compare_digest(expected, signature.encode()) for signature in signatures.split(" ")):
        raise NotVerified("no signature fits")


class Server(ThreadingHTTPServer):
    # The listen backlog: with the default of five, a burst of callbacks would lose some.
    request_queue_size = 128


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length", "0"))
        if length > MAX_BYTES:
            self.close_connection = True
            return self.answer(413, {"error": "The body is too long"})
        # Always read the body: closing a connection with unread data resets it.
        body = self.rfile.read(length)
        if self.path != "/webhook/strategy-result":
            return self.answer(404, {"error": "There is nothing here"})
        try:
            verify(SECRET, self.headers, body)
        except NotVerified as reason:
            print(f"Refused: {reason}", flush=True)
            return self.answer(401, {"error": "Not signed by the sender"})
        try:
            line = describe(json.loads(body))
        except (ValueError, LookupError, TypeError):
            return self.answer(400, {"error": "The body is not a callback"})
        print(line, flush=True)
        self.answer(200, {"status": "received"})

    def answer(self, status, body):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def describe(callback):
    execution = f"Execution {callback['execution_id']} of {callback['strategy']}"
    if callback["status"] == "completed":
        return f"{execution} completed: return {callback['result']['return']:.2%}"
    return f"{execution} {callback['status']}: {callback['error_message']}"


def read_secret(text):
    try:
        secret = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        secret = b""
    if not text.startswith("whsec_") or len(secret) < 24:
        sys.exit("Set WEBHOOK_SECRET to the secret that callbacks are signed with, whsec_ and what follows.")
    return secret


if __name__ == "__main__":
    SECRET = read_secret(os.environ.get("WEBHOOK_SECRET", ""))
    address = (os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8888")))
    with Server(address, Receiver) as server:
        print(f"Waiting for signed callbacks at http://{address[0]}:{address[1]}/webhook/strategy-result", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass
