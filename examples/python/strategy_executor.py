"""A client of the strategy executor in one file, for Python 3.9 or newer, on the standard library alone.

    from strategy_executor import Client

    client = Client("http://localhost:8000")
    result = client.run("BoldAssetAllocation", {"variant": "BAA-G4"})
    print(result["final_value"])

Names of fields are those of the REST API. Copy this file into your project.
"""

import base64
import binascii
import hashlib
import hmac
import http.client
import json
import os
import time
import urllib.parse
import uuid

DEFAULT_URL = "http://localhost:8000"

# The server sends a heartbeat every 15 seconds. A longer silence means that the connection is lost.
STREAM_SILENCE_SECONDS = 45
RETRY_SECONDS = 1
# Submissions can be retried as safely as reads: each carries an idempotency key.
TRIES = 3
# As in Standard Webhooks 1.0.
TOLERANCE_SECONDS = 5 * 60


class NotReached(OSError):
    """The server did not answer; the message names the address and the reason."""


class Refused(Exception):
    """The server answered with an error.

    status: of HTTP; detail: why, in one sentence; errors: [{"path", "message"}] where fields are at fault;
    request_id: what the server's log names the request by.
    """

    def __init__(self, status, detail, errors=(), request_id=None, retry_after=None):
        super().__init__(f"{status}: {detail}")
        self.status = status
        self.detail = detail
        self.errors = list(errors)
        self.request_id = request_id
        self.retry_after = retry_after


class ExecutionFailed(Exception):
    """An execution failed or was cancelled. `execution` is its final state; the message is its error_message."""

    def __init__(self, execution):
        super().__init__(execution["error_message"])
        self.execution = execution


class NotVerified(Exception):
    """A callback has no valid signature; the message gives the reason."""


class Client:
    """The service at `url`.

    url: STRATEGY_EXECUTOR_URL of the environment when None, then http://localhost:8000
    api_key: STRATEGY_EXECUTOR_API_KEY of the environment when None; none is sent when there is none
    timeout: seconds that one answer may take
    """

    def __init__(self, url=None, api_key=None, timeout=30):
        self.url = (url or os.environ.get("STRATEGY_EXECUTOR_URL") or DEFAULT_URL).rstrip("/")
        self.api_key = api_key or os.environ.get("STRATEGY_EXECUTOR_API_KEY")
        self.timeout = timeout
        self._address = urllib.parse.urlsplit(self.url)
        if self._address.scheme not in ("http", "https") or not self._address.hostname:
            raise ValueError(f"Not an http or https address: {self.url}")

    def submit(self, strategy_name, parameters=None, callback_url=None, idempotency_key=None, **fields):
        """Submits an execution and returns at once: {"execution_id", "status", "message", "callback_url"}.

        Wrong parameters fail the execution, not the call. `fields` are further ones of the submission, such as
        `priority="high"`. Without an idempotency_key a new one is made, so that a lost answer never makes two executions.
        """
        body = {"strategy_name": strategy_name, "parameters": parameters, "callback_url": callback_url, **fields}
        key = idempotency_key or str(uuid.uuid4())
        return self._answer("POST", "/strategies/execute/", body=body, headers={"Idempotency-Key": key})

    def run(self, strategy_name, parameters=None, timeout=None, on_update=None, **submission):
        """Submits an execution, follows it to its end and returns its result, or raises ExecutionFailed."""
        accepted = self.submit(strategy_name, parameters, **submission)
        execution = self.wait(accepted["execution_id"], timeout, on_update)
        if execution["status"] != "completed":
            raise ExecutionFailed(execution)
        return execution["result"]

    def wait(self, execution_id, timeout=None, on_update=None):
        """Follows an execution live until it has ended, however it ends, and returns it.

        timeout: seconds, None for no limit; TimeoutError when they are over, while the execution goes on.
        on_update: called with (kind, data), as `events` gives them.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        for kind, data in self.events(execution_id, timeout=timeout):
            if on_update is not None:
                on_update(kind, data)
        while True:
            try:
                return self.get(execution_id)
            except (NotReached, Refused) as error:
                self._pause_or_raise(error, deadline, execution_id)

    def events(self, execution_id, after=0, timeout=None):
        """Follows an execution by server-sent events: yields ("event", {"number", "status", "at", ...}) for each change,
        once and in order, and between them ("progress", {"fraction", "phase"}). Ends behind the terminal event.

        A connection that is lost is made again and goes on where it was, through a restart of the server too.
        after: number of the last event that is known
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            try:
                for number, kind, data in self._stream(f"/executions/{execution_id}/events/", after, deadline):
                    if number is not None:
                        after = int(number)
                    yield kind, data
                    if kind == "event" and data["status"] in ("completed", "failed", "cancelled"):
                        return
            except StopStream:
                return
            except (NotReached, Refused) as error:
                self._pause_or_raise(error, deadline, execution_id)

    def get(self, execution_id):
        """The state of an execution: status, result or error_message, and its callback."""
        return self._answer("GET", f"/executions/{execution_id}/")

    def executions(self, **filters):
        """All executions, newest first, with pages read on demand: `executions(status="failed")`."""
        while True:
            page = self._answer("GET", "/executions/", query=filters)
            yield from page["executions"]
            if page["next_cursor"] is None:
                return
            filters = {**filters, "cursor": page["next_cursor"]}

    def cancel(self, execution_id):
        """Cancels an execution. Refused with 409 when it has ended."""
        return self._answer("POST", f"/executions/{execution_id}/cancel/")

    def series(self, execution_id):
        """The long arrays of a completed execution: dates, equity, drawdown, decisions."""
        return self._answer("GET", f"/executions/{execution_id}/series/")

    def strategies(self):
        """The strategy catalogue, with the JSON Schema of the parameters."""
        return self._answer("GET", "/strategies/")["strategies"]

    def _answer(self, method, path, query=None, body=None, headers=None):
        for remaining in reversed(range(TRIES)):
            try:
                with self._exchange(method, path, query, body, headers, self.timeout) as response:
                    return response.json()
            except (NotReached, Refused) as error:
                # Without a key nobody knows whether a POST took effect before its response was lost.
                repeatable = method == "GET" or "Idempotency-Key" in (headers or {})
                if remaining == 0 or not repeatable or not is_temporary(error):
                    raise
                time.sleep(min(getattr(error, "retry_after", None) or RETRY_SECONDS, self.timeout))
        raise AssertionError("unreachable")

    def _stream(self, path, after, deadline):
        headers = {"Accept": "text/event-stream", "Last-Event-ID": str(after)}
        silence = STREAM_SILENCE_SECONDS if deadline is None else time_left(deadline, STREAM_SILENCE_SECONDS)
        with self._exchange("GET", path, None, None, headers, silence) as response:
            if response.status == 204:
                raise StopStream
            yield from parse_events(response.lines(deadline))

    def _exchange(self, method, path, query, body, headers, timeout):
        address = self._address
        kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        connection = kind(address.hostname, address.port, timeout=timeout)
        present = {name: value for name, value in (query or {}).items() if value is not None}
        target = f"{address.path}{path}{'?' + urllib.parse.urlencode(present) if present else ''}"
        sent = {"Accept": "application/json", **(headers or {})}
        if self.api_key:
            sent["Authorization"] = f"Bearer {self.api_key}"
        if body is not None:
            sent["Content-Type"] = "application/json"
        try:
            connection.request(method, target, None if body is None else json.dumps(body).encode(), sent)
            # The response takes over the socket when the server closes the connection after it.
            socket = connection.sock
            response = Response(self.url, connection, socket, connection.getresponse())
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise not_reached(self.url, error) from error
        if response.status >= 400:
            with response:
                raise response.refusal()
        return response

    def _pause_or_raise(self, error, deadline, execution_id):
        if deadline is not None and time.monotonic() >= deadline:
            raise TimeoutError(f"Execution {execution_id} has not ended in time") from error
        if not is_temporary(error):
            raise error
        time.sleep(RETRY_SECONDS if deadline is None else time_left(deadline, RETRY_SECONDS))


def verify_callback(secrets, headers, body, now=None):
    """Raises NotVerified unless the callback was signed with one of the secrets, by Standard Webhooks 1.0.

    secrets: one `whsec_...` or several, while they are being changed; headers: any mapping of names in lower case, or one
    that ignores case, as of http.server, Flask and Django; body: the bytes exactly as they came. Returns the webhook-id,
    which is the same for each attempt of one callback. `whpk_...` (ed25519) is refused with ValueError: the standard
    library of Python has no ed25519. For it, install `standardwebhooks` or `cryptography`.
    """
    keys = [read_secret(secret) for secret in ([secrets] if isinstance(secrets, str) else secrets)]
    webhook_id = headers.get("webhook-id")
    timestamp = headers.get("webhook-timestamp") or ""
    signatures = headers.get("webhook-signature")
    if not webhook_id or not timestamp or not signatures:
        raise NotVerified("a header is missing")
    if not (timestamp.isascii() and timestamp.isdigit()):
        raise NotVerified("the timestamp is no number")
    if abs((time.time() if now is None else now) - int(timestamp)) > TOLERANCE_SECONDS:
        raise NotVerified("the timestamp is too far away")
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    expected = [b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()) for key in keys]
    offered = [signature.encode() for signature in signatures.split(" ")]
    # A constant-time comparison: otherwise a signature could be guessed byte by byte.
    if not any(hmac.compare_digest(one, other) for one in expected for other in offered):
        raise NotVerified("no signature fits")
    return webhook_id


def read_secret(text):
    """The bytes of a `whsec_...` secret. Raises ValueError for anything else."""
    if text.startswith("whpk_"):
        raise ValueError("whpk_ keys are ed25519, which the standard library of Python cannot verify: use a whsec_ secret")
    try:
        secret = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        secret = b""
    if not text.startswith("whsec_") or not 24 <= len(secret) <= 64:
        raise ValueError("A signing secret is whsec_ and 24 to 64 bytes in base64")
    return secret


class StopStream(Exception):
    """The server has no further events of an execution."""


class Response:
    """An open response. Leaving its block closes the connection."""

    def __init__(self, url, connection, socket, response):
        self.url = url
        self.connection = connection
        self.socket = socket
        self.response = response
        self.status = response.status

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.response.close()
        self.connection.close()

    def json(self):
        try:
            return json.loads(self.response.read())
        except ValueError as error:
            raise NotReached(f"{self.url} did not answer as the strategy executor does") from error
        except (OSError, http.client.HTTPException) as error:
            raise not_reached(self.url, error) from error

    def refusal(self):
        retry_after = self.response.getheader("Retry-After") or ""
        try:
            problem = json.loads(self.response.read())
            detail, errors = problem["detail"], problem.get("errors", [])
        except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError):
            detail, errors = f"{self.url} does not answer as the strategy executor does", []
        return Refused(
            self.status,
            detail,
            errors,
            self.response.getheader("X-Request-Id"),
            int(retry_after) if retry_after.isascii() and retry_after.isdigit() else None,
        )

    def lines(self, deadline):
        """The lines of a stream, without line ends. Raises NotReached on silence or at the deadline."""
        while True:
            try:
                if deadline is not None:
                    self.socket.settimeout(time_left(deadline, STREAM_SILENCE_SECONDS))
                line = self.response.readline()
            except (OSError, http.client.HTTPException) as error:
                raise not_reached(self.url, error) from error
            if not line:
                raise NotReached(f"The stream of {self.url} was cut off")
            yield line.decode().rstrip("\r\n")


def parse_events(lines):
    """Yields (id, event, data) of server-sent events; the id may be None."""
    number, kind, data = None, "message", []
    for line in lines:
        name, _, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if line == "":
            if data:
                yield number, kind, json.loads("\n".join(data))
            number, kind, data = None, "message", []
        elif name == "id":
            number = value
        elif name == "event":
            kind = value
        elif name == "data":
            data.append(value)


def is_temporary(error):
    """Whether the same request may succeed later."""
    return isinstance(error, NotReached) or error.status in (429, 502, 503, 504)


def time_left(deadline, at_most):
    # A socket timeout of 0 would mean non-blocking.
    return max(0.001, min(at_most, deadline - time.monotonic()))


def not_reached(url, error):
    reason = "it took too long" if isinstance(error, TimeoutError) else str(error) or type(error).__name__
    return NotReached(f"No answer from {url}: {reason}")
