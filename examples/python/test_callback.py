"""Tries callbacks: starts a receiver, submits a strategy with its address, and waits for what the server sends there.

    python3 test_callback.py

Prints the acceptance, the callback and the result. Ends with 1 when no callback comes within 30 seconds.
"""

import argparse
import json
import os
import queue
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from strategy_executor import Client, NotReached, NotVerified, Refused, read_secret, verify_callback

# The result of a crossover lists all its trades.
MAX_BYTES = 10_000_000


def main():
    options = read_options()
    client = Client(options.url)
    with start_receiver(options) as receiver:
        host = options.callback_host
        callback_url = f"http://{host}:{receiver.server_address[1]}/callback"
        print(f"receiver  {callback_url}", flush=True)
        deadline = time.monotonic() + options.timeout
        accepted = client.submit(options.strategy, options.parameters, callback_url)
        show("accepted", accepted)
        callback = receiver.wait_for(accepted["execution_id"], deadline)
        if callback is None:
            sys.exit(f"No callback within {options.timeout:g} s: {what_is_known(client, accepted['execution_id'])}")
        show("callback", {name: value for name, value in callback.items() if name != "result"})
        if callback["status"] == "completed":
            show("result", shortened(callback["result"]))
            print(f"return    {callback['result']['return']:.2%}")
        else:
            print(f"error     {callback['error_message']}")


class Receiver(ThreadingHTTPServer):
    """Stores received callbacks until they are awaited."""

    daemon_threads = True

    def __init__(self, address, secret):
        super().__init__(address, Handler)
        self.secret = secret
        self.arrived = queue.Queue()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def wait_for(self, execution_id, deadline):
        """The callback of the execution; None when it has not arrived in time."""
        while True:
            try:
                callback = self.arrived.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                return None
            if callback.get("execution_id") == execution_id:
                return callback


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length", "0"))
        if length > MAX_BYTES:
            self.close_connection = True
            return self.answer(413, {"error": "The body is too long"})
        body = self.rfile.read(length)
        try:
            if self.server.secret is not None:
                verify_callback(self.server.secret, self.headers, body)
            callback = json.loads(body)
        except NotVerified as reason:
            print(f"refused   a request that is not signed with WEBHOOK_SECRET: {reason}", flush=True)
            return self.answer(401, {"error": "Not signed by the sender"})
        except ValueError:
            return self.answer(400, {"error": "The body is not a callback"})
        if not isinstance(callback, dict):
            return self.answer(400, {"error": "The body is not a callback"})
        self.answer(200, {"status": "received"})
        self.server.arrived.put(callback)

    def answer(self, status, body):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


def start_receiver(options):
    # Any name but localhost means a server elsewhere, such as one in a container.
    interface = "127.0.0.1" if options.callback_host == "localhost" else "0.0.0.0"
    return Receiver((interface, 0), options.secret)


def what_is_known(client, execution_id):
    try:
        execution = client.get(execution_id)
    except (NotReached, Refused) as error:
        return error
    return f"the execution is {execution['status']}, the callback's last answer {json.dumps(execution['callback']['response'])}"


def show(label, value):
    print(f"{label:<9} {json.dumps(value, indent=2, ensure_ascii=False)}", flush=True)


def shortened(value):
    """Shortens long lists, such as the trades of a crossover, to two elements."""
    if isinstance(value, dict):
        return {name: shortened(inner) for name, inner in value.items()}
    if isinstance(value, list) and len(value) > 2:
        return [*map(shortened, value[:2]), f"... {len(value) - 2} more"]
    return value


def read_options():
    parser = argparse.ArgumentParser(description="Submits a strategy and waits for its callback.")
    parser.add_argument("--url", help="address of the server; STRATEGY_EXECUTOR_URL, else http://localhost:8000")
    parser.add_argument("--strategy", default="BoldAssetAllocation", help="strategy to run")
    parser.add_argument("--parameters", type=read_object, default={}, help="its parameters, a JSON object")
    parser.add_argument("--timeout", type=float, default=30, help="longest wait for the callback, in seconds")
    parser.add_argument(
        "--callback-host", default="localhost", help="this machine's name for the server: host.docker.internal"
    )
    options = parser.parse_args()
    try:
        secret = os.environ.get("WEBHOOK_SECRET")
        if secret:
            read_secret(secret)
        options.secret = secret or None
    except ValueError as error:
        parser.error(f"WEBHOOK_SECRET: {error}")
    return options


def read_object(text):
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise argparse.ArgumentTypeError("""give a JSON object, such as '{"variant": "BAA-G4"}'""")
    return value


if __name__ == "__main__":
    try:
        main()
    except (NotReached, Refused, ValueError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
