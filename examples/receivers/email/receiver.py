import json
import os
import smtplib
import ssl
import sys
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORTS = {"starttls": 587, "tls": 465, "none": 25}

SECURITY = os.environ.get("SMTP_SECURITY", "starttls")
if SECURITY not in PORTS:
    sys.exit("Set SMTP_SECURITY to starttls, tls or none.")
if not os.environ.get("MAIL_FROM") or not os.environ.get("MAIL_TO"):
    sys.exit("Set MAIL_FROM and MAIL_TO to the addresses of sender and recipient.")

SMTP_HOST = os.environ.get("SMTP_HOST", "localhost")
SMTP_PORT = int(os.environ.get("SMTP_PORT", PORTS[SECURITY]))
SMTP_USER = os.environ.get("SMTP_USER")
SMTP_PASSWORD = os.environ.get("SMTP_PASSWORD", "")

# The timeout of each SMTP step; the sender of the callback waits ten seconds for all.
SMTP_TIMEOUT_SECONDS = 5


class Server(ThreadingHTTPServer):
    # The listen backlog: with the default of five, a burst of callbacks would lose some.
    request_queue_size = 128


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        # Always read the body: closing a connection with unread data resets it.
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path != "/webhook/strategy-result":
            return self.answer(404, {"error": "There is nothing here"})
        try:
            message = compose(json.loads(body))
        except (ValueError, LookupError, TypeError):
            return self.answer(400, {"error": "The body is not a callback"})
        # Respond after the mail server did, so that the delivery record shows whether the mail was sent.
        try:
            send(message)
        except OSError as error:
            print(f"Not sent, {error}: {message['Subject']}", flush=True)
            return self.answer(502, {"error": f"The mail server did not take the message: {error}"})
        print(f"Sent: {message['Subject']}", flush=True)
        self.answer(200, {"status": "received"})

    def answer(self, status, body):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def compose(callback):
    message = EmailMessage()
    message["From"] = os.environ["MAIL_FROM"]
    message["To"] = os.environ["MAIL_TO"]
    message["Subject"] = f"Execution {callback['execution_id']} of {callback['strategy']} {callback['status']}"
    if callback["status"] == "completed":
        result = callback["result"]
        outcome = f"Return: {result['return']:.2%}\nFinal value: {result['final_value']:,.2f}"
    else:
        outcome = f"Error: {callback['error_message']}"
    parameters = json.dumps(callback["execution_parameters"], indent=2)
    message.set_content(f"{outcome}\nEnded: {callback['completed_at']}\nParameters: {parameters}\n")
    return message


def send(message):
    context = ssl.create_default_context()
    with connect(context) as server:
        if SECURITY == "starttls":
            server.starttls(context=context)
        if SMTP_USER:
            server.login(SMTP_USER, SMTP_PASSWORD)
        server.send_message(message)


def connect(context):
    if SECURITY == "tls":
        return smtplib.SMTP_SSL(SMTP_HOST, SMTP_PORT, timeout=SMTP_TIMEOUT_SECONDS, context=context)
    return smtplib.SMTP(SMTP_HOST, SMTP_PORT, timeout=SMTP_TIMEOUT_SECONDS)


if __name__ == "__main__":
    address = (os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8888")))
    with Server(address, Receiver) as server:
        print(f"Waiting for callbacks at http://{address[0]}:{address[1]}/webhook/strategy-result", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass
