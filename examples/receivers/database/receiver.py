import json
import os
import sqlite3
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DATABASE_FILE = os.environ.get("DATABASE_FILE", "callbacks.db")

SCHEMA = """
create table if not exists callbacks (
  webhook_id text primary key,
  execution_id integer not null,
  strategy text not null,
  status text not null,
  return real,
  final_value real,
  error_message text,
  completed_at text not null,
  body text not null
)
"""

# A repeated delivery has the same webhook-id, so its row exists already.
INSERT = """
insert into callbacks values
  (:webhook_id, :execution_id, :strategy, :status, :return, :final_value, :error_message, :completed_at, :body)
on conflict (webhook_id) do nothing
"""


class Server(ThreadingHTTPServer):
    # The listen backlog: with the default of five, a burst of callbacks would lose some.
    request_queue_size = 128


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        # Always read the body: closing a connection with unread data resets it.
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path != "/webhook/strategy-result":
            return self.answer(404, {"error": "There is nothing here"})
        webhook_id = self.headers.get("webhook-id")
        if not webhook_id:
            return self.answer(400, {"error": "The header webhook-id is missing"})
        try:
            row = to_row(webhook_id, json.loads(body))
        except (ValueError, LookupError, TypeError, AttributeError):
            return self.answer(400, {"error": "The body is not a callback"})
        # Respond after the commit, so that the sender can rely on it.
        try:
            is_new = store(row)
        except sqlite3.Error as error:
            print(f"Execution {row['execution_id']} not stored: {error}", flush=True)
            return self.answer(500, {"error": f"The database did not take the callback: {error}"})
        print(f"Execution {row['execution_id']} {row['status']}: {'stored' if is_new else 'was there'}", flush=True)
        self.answer(200, {"status": "received"})

    def answer(self, status, body):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def to_row(webhook_id, callback):
    result = callback.get("result", {})
    return {
        "webhook_id": webhook_id,
        "execution_id": callback["execution_id"],
        "strategy": callback["strategy"],
        "status": callback["status"],
        "return": result.get("return"),
        "final_value": result.get("final_value"),
        "error_message": callback.get("error_message"),
        "completed_at": callback["completed_at"],
        "body": json.dumps(callback),
    }


def store(row):
    """Returns whether the callback was new."""
    with closing(sqlite3.connect(DATABASE_FILE)) as database, database:
        return database.execute(INSERT, row).rowcount == 1


if __name__ == "__main__":
    with closing(sqlite3.connect(DATABASE_FILE)) as database, database:
        database.execute(SCHEMA)
    address = (os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8888")))
    with Server(address, Receiver) as server:
        print(f"Waiting for callbacks at http://{address[0]}:{address[1]}/webhook/strategy-result", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass
