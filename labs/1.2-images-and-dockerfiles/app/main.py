"""Fjordline's temperature report over HTTP: POST readings as CSV to /report, get a table back."""
import os
import signal
import sys

from bottle import Bottle, request, response, run

from app.report import report

app = Bottle()


@app.get("/health")
def health():
    return "ok\n"


@app.get("/about")
def about():
    return {"version": os.environ.get("APP_VERSION", "unknown"), "uid": os.getuid()}


@app.post("/report")
def make_report():
    response.content_type = "text/tab-separated-values; charset=utf-8"
    try:
        return report(request.body.read().decode()) + "\n"
    except (KeyError, ValueError) as error:
        response.status = 400
        return f"not readings: {error}\n"


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print("report service listens on 8080")
    run(app, host="0.0.0.0", port=8080, quiet=True)
