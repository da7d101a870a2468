"""A stand-in for the service that keeps what it was sent, and answers as it is told to."""

import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Service:
    """`answers` are given in turn, the last of them ever after: a status, (status, headers), or None, which closes."""

    def __init__(self, *answers):
        self.answers = list(answers) or [202]
        self.batches = []
        self.keys = []
        self.headers = []
        self._lock = threading.Lock()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.headers.get("content-encoding") == "gzip":
                    body = gzip.decompress(body)
                events = [json.loads(line) for line in body.splitlines() if line]
                with service._lock:
                    answer = service.answers[0] if len(service.answers) == 1 else service.answers.pop(0)
                    service.batches.append(events)
                    service.keys.append(self.headers["idempotency-key"])
                    service.headers.append(dict(self.headers))
                if answer is None:
                    self.close_connection = True
                    return
                status, more = answer if isinstance(answer, tuple) else (answer, {})
                dead = [
                    {"index": at, "reason": "unknown_model", "detail": ""}
                    for at, event in enumerate(events)
                    if event["model"] == "unknown"
                ]
                said = {
                    "accepted": len(events) - len(dead),
                    "late": 0,
                    "ignored": 0,
                    "duplicates": 0,
                    "dead_letters": dead,
                }
                out = json.dumps(said if status == 202 else {"detail": f"answered {status}"}).encode()
                self.send_response(status)
                for name, value in more.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(out)))
                self.end_headers()
                self.wfile.write(out)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def events(self):
        with self._lock:
            return [event for batch in self.batches for event in batch]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
