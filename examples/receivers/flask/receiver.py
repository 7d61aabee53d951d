import os

from flask import Flask, jsonify, request

app = Flask(__name__)


@app.post("/webhook/strategy-result")
def receive():
    callback = request.get_json()
    execution = f"Execution {callback['execution_id']} of {callback['strategy']}"
    status = callback["status"]
    if status == "completed":
        print(f"{execution} completed: return {callback['result']['return']:.2%}", flush=True)
    else:
        print(f"{execution} {status}: {callback['error_message']}", flush=True)
    return jsonify(status="received")


if __name__ == "__main__":
    app.run(host=os.environ.get("HOST", "127.0.0.1"), port=int(os.environ.get("PORT", "8888")))
