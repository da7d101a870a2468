"""A training pipeline that shiftwatch asks, and the service whose model it trains: README.md says how to run it.

    pipeline.py train       trains version 1, gives shiftwatch its baseline, puts it into service
    pipeline.py serve       takes shiftwatch's signed requests; trains, reports, registers and deploys
    pipeline.py simulate    the world: invoices hour by hour, answered by the model in service, and how they were paid
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Callable, NamedTuple, Optional

from meter import Meter
from signed import key_of, signature, why_refused

# For tables of this size more threads wait for each other more than they compute.
os.environ.setdefault("OMP_NUM_THREADS", "1")

MODEL = "late-payment"
FEATURES = ("amount", "terms_days", "late_before", "customer_years", "sector")
SECTORS = ("building", "retail", "transport")
LATE, ON_TIME = "late", "on_time"
SEED = 7
TREES_A_STEP, MOST_TREES = 5, 100
LARGEST_REQUEST = 64 * 1024

Rows = "list[dict[str, Any]]"


# What is kept on disk: models, which of them is in service, and what became of each request.


class Shelf:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        for name in ("models", "asked", "done"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def accept(self, data: dict[str, Any]) -> bool:
        """Whether the request is new. It is on disk before it is answered, with the version that is to come of it."""
        asked = self._folder / "asked" / f"{uuid.UUID(data['run_id'])}.json"
        with self._lock:
            if asked.exists():
                return False
            _write(asked, {"version": str(2 + len(list(asked.parent.glob("*.json")))), "data": data})
            return True

    def request(self, run_id: str) -> dict[str, Any]:
        return json.loads((self._folder / "asked" / f"{run_id}.json").read_text())

    def finish(self, run_id: str, said: dict[str, Any]) -> None:
        _write(self._folder / "done" / f"{run_id}.json", said)

    def unfinished(self) -> list[str]:
        asked = sorted((self._folder / "asked").glob("*.json"), key=lambda path: path.stat().st_mtime)
        return [path.stem for path in asked if not (self._folder / "done" / path.name).exists()]

    def put(self, version: str, model: Any) -> None:
        import joblib

        joblib.dump(model, self._folder / "models" / f"{version}.joblib")

    def deploy(self, version: str) -> None:
        _write(self._folder / "in-service.json", version)

    def in_service(self) -> tuple[str, Any]:
        import joblib

        version = json.loads((self._folder / "in-service.json").read_text())
        return version, joblib.load(self._folder / "models" / f"{version}.joblib")


def _write(path: Path, value: Any) -> None:
    """Wholly or not at all."""
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(value))
    beside.replace(path)


# Talking to shiftwatch.


def ask(url: str, body: Optional[bytes] = None, headers: Optional[dict[str, str]] = None, tries: int = 30) -> bytes:
    """Tries again where nobody answers (then OSError), or with 429 or 5xx; another refusal is raised at once."""
    token = os.environ.get("SHIFTWATCH_TOKEN")
    sent = {**({"Authorization": f"Bearer {token}"} if token else {}), **(headers or {})}
    while True:
        tries -= 1
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, sent), timeout=60) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            said = error.read(2_000).decode("utf-8", "replace")
            if tries == 0 or (error.code != 429 and error.code < 500):
                raise RuntimeError(f"{url} answered {error.code}: {said}") from None
        except OSError:
            if tries == 0:
                raise
        time.sleep(1)


def report(key: bytes, data: dict[str, Any], said: dict[str, Any]) -> None:
    body = json.dumps({"run_id": data["run_id"], **said}).encode()
    message_id, now = f"msg_{uuid.uuid4().hex}", str(int(time.time()))
    signed = {"webhook-id": message_id, "webhook-timestamp": now, "webhook-signature": signature(key, message_id, now, body)}
    ask(data["status_url"], body, {"Content-Type": "application/json", **signed})


def try_to_report(key: bytes, data: dict[str, Any], said: dict[str, Any]) -> None:
    """A run that shiftwatch has closed needs no report any more. Where nobody answers, the run is begun again later."""
    try:
        report(key, data, said)
    except RuntimeError as error:
        print(f"run {data['run_id']}: {error}", flush=True)


def labelled_rows(data: dict[str, Any]) -> Rows:
    """The rows that shiftwatch advises to train on; an answer that is cut off raises."""
    found = data.get("labelled_data")
    if not found or not found["urls"]:
        raise RuntimeError("The request names no data: are predictions stored, labels logged and public_url set?")
    lines = b"".join(ask(url) for url in found["urls"]).splitlines()
    rows = [json.loads(line) for line in lines]
    return [{name: row[name] for name in (*FEATURES, "label")} for row in rows]


def register(url: str, version: str, table: Rows) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, [*FEATURES, "prediction", "score", "label"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    ask(f"{url}/api/v1/models/{MODEL}/versions/{version}/baselines", text.getvalue().encode(), {"Content-Type": "text/csv"})


# Training.


class TargetMissed(Exception):
    pass


def inputs(rows: Rows) -> Any:
    return [[*(row[name] for name in FEATURES[:-1]), SECTORS.index(row["sector"])] for row in rows]


class Trained(NamedTuple):
    model: Any
    # Rows of the training table that it has not seen, with what it says of them: what it has seen it knows too well.
    held_out: Rows
    # How its energy was measured.
    measured: str


def train(rows: Rows, options: argparse.Namespace, tell: Callable[[dict[str, Any]], None]) -> Trained:
    """Trees are added until held-out rows reach the target; each step is told with the time and energy it took so far."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import train_test_split

    truth = [row["label"] for row in rows]
    seen, held_out = train_test_split(rows, test_size=0.4, random_state=SEED, stratify=truth)
    x, y = inputs(seen), [row["label"] for row in seen]
    model = HistGradientBoostingClassifier(
        warm_start=True, early_stopping=False, learning_rate=0.05, max_leaf_nodes=4, random_state=SEED
    )
    best = 0.0
    meter = Meter(options.watts)
    for trees in range(TREES_A_STEP, MOST_TREES + 1, TREES_A_STEP):
        model.set_params(max_iter=trees).fit(x, y)
        answered = predict(model, held_out)
        accuracy = round(share_right(answered), 4)
        elapsed_s, energy_j = meter.read()
        tell({"metric": "accuracy", "value": accuracy, "step": trees, "elapsed_s": elapsed_s, "energy_j": energy_j})
        if accuracy >= options.target:
            return Trained(model, answered, meter.says)
        best = max(best, accuracy)
    raise TargetMissed(f"The best accuracy of {MOST_TREES} trees was {best:g}, the target is {options.target:g}")


def predict(model: Any, rows: Rows) -> Rows:
    scores = model.predict_proba(inputs(rows))[:, list(model.classes_).index(LATE)].tolist()
    return [
        {**row, "prediction": LATE if score >= 0.5 else ON_TIME, "score": round(score, 6)} for row, score in zip(rows, scores)
    ]


def share_right(rows: Rows) -> float:
    return sum(row["prediction"] == row["label"] for row in rows) / len(rows)


def train_first(shelf: Shelf, options: argparse.Namespace) -> None:
    import world

    rows = world.history()
    curve: list[dict[str, Any]] = []
    trained = train(rows, options, curve.append)
    register(options.url, "1", trained.held_out)
    shelf.put("1", trained.model)
    shelf.deploy("1")
    last, held_out = curve[-1], len(trained.held_out)
    print(f"version 1: accuracy {last['value']:.1%} with {last['step']} trees; baseline of {held_out} held-out rows", flush=True)


def train_again(shelf: Shelf, run_id: str, key: bytes, options: argparse.Namespace) -> None:
    """One request, from the data to the deployment. A step that cannot be taken is reported as the run's failure."""
    request = shelf.request(run_id)
    version, data = request["version"], request["data"]
    curve: list[dict[str, Any]] = []

    def tell(point: dict[str, Any]) -> None:
        curve.append(point)
        report(key, data, {"status": "running", "external_id": f"pipeline-{version}", "progress": point})

    try:
        rows = labelled_rows(data)
        print(f"run {run_id}: {len(rows)} labelled rows since {data['training_range']['intervals'][0]['from']}", flush=True)
        trained = train(rows, options, tell)
        register(options.url, version, trained.held_out)
        shelf.put(version, trained.model)
        last = curve[-1]
        detail = f"{last['step']} trees on {len(rows)} rows; energy: {trained.measured}"
        said = {"status": "succeeded", "new_version": version, "metrics": {"accuracy": last["value"]}, "detail": detail}
        # Refused where the run was given up meanwhile: then nothing is deployed.
        report(key, data, said)
        shelf.deploy(version)
        print(f"run {run_id}: version {version} after {last['elapsed_s']} s, {last['energy_j']} J ({trained.measured})", flush=True)
    except Exception as error:
        said = {"status": "failed", "detail": str(error)[:500]}
        print(f"run {run_id}: failed: {error}", flush=True)
        try_to_report(key, data, said)
    shelf.finish(run_id, said)


# Being asked.


class Trainer(threading.Thread):
    """One run after the other, each in a process of its own: what it takes is measured apart, and a crash is its own."""

    def __init__(self, shelf: Shelf, key: bytes, command: list[str]) -> None:
        super().__init__(daemon=True)
        self.waiting: "queue.Queue[str]" = queue.Queue()
        self._shelf, self._key, self._command = shelf, key, command
        self._child: Optional[subprocess.Popen[bytes]] = None
        self._stopping = False
        for run_id in shelf.unfinished():
            self.waiting.put(run_id)

    def run(self) -> None:
        while True:
            run_id = self.waiting.get()
            self._child = subprocess.Popen([*self._command, "--run", run_id])
            code = self._child.wait()
            if code == 0 or self._stopping:
                continue
            said = {"status": "failed", "detail": f"The training process ended with {code}"}
            try:
                try_to_report(self._key, self._shelf.request(run_id)["data"], said)
                self._shelf.finish(run_id, said)
            except OSError as error:
                print(f"run {run_id}: begun again at the next start: {error}", flush=True)

    def stop(self) -> None:
        """What was begun is begun again at the next start."""
        self._stopping = True
        if self._child is not None:
            self._child.terminate()


def handler(shelf: Shelf, key: bytes, trainer: Trainer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_POST(self) -> None:
            length = self.headers.get("content-length", "")
            if self.path != "/retrain":
                self._answer(404, "not_found")
            elif not length.isdigit() or int(length) > LARGEST_REQUEST:
                self._answer(413, "too_large")
            else:
                self._take(self.rfile.read(int(length)))

        def _take(self, body: bytes) -> None:
            refused = why_refused(key, self.headers, body, time.time())
            if refused is not None:
                return self._answer(401, refused)
            try:
                asked = json.loads(body)
                data = asked["data"]
                if asked["type"] != "retrain.requested" or data["model"] != MODEL or not data["status_url"]:
                    return self._answer(422, "not_for_this_pipeline")
                is_new = shelf.accept(data)
            except (ValueError, KeyError, TypeError, AttributeError):
                return self._answer(400, "not_understood")
            if is_new:
                trainer.waiting.put(str(uuid.UUID(data["run_id"])))
            self._answer(202 if is_new else 200, "accepted" if is_new else "known")

        def _answer(self, status: int, says: str) -> None:
            body = json.dumps({"status": says}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


def serve(shelf: Shelf, key: bytes, options: argparse.Namespace) -> None:
    shared = ["--url", options.url, "--folder", str(options.folder), "--target", str(options.target), "--watts", str(options.watts)]
    trainer = Trainer(shelf, key, [sys.executable, __file__, "train", *shared])
    server = ThreadingHTTPServer(("127.0.0.1", options.port), handler(shelf, key, trainer))
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    trainer.start()
    print(f"waiting for requests at http://127.0.0.1:{options.port}/retrain", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        trainer.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["train", "serve", "simulate"])
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="of shiftwatch (SHIFTWATCH_TOKEN: its token)")
    parser.add_argument("--port", type=int, default=8099, help="that shiftwatch calls")
    parser.add_argument("--folder", type=Path, default=Path(".pipeline"), help="where models and requests are kept")
    parser.add_argument("--target", type=float, default=0.9, help="accuracy on held-out rows, as retrain.target of shiftwatch")
    parser.add_argument("--watts", type=float, default=15.0, help="of a busy processor, where its counters cannot be read")
    parser.add_argument("--run", help="train for this request; serve calls it")
    options = parser.parse_args()
    shelf = Shelf(options.folder)
    if options.command == "simulate":
        import world

        return world.simulate(shelf, options.url)
    if options.command == "train" and options.run is None:
        train_first(shelf, options)
        return 0
    secret = os.environ.get("TRAINING_SECRET")
    if not secret:
        print("TRAINING_SECRET is not set: it is what shiftwatch signs with.", file=sys.stderr)
        return 2
    if options.command == "serve":
        serve(shelf, key_of(secret), options)
    else:
        train_again(shelf, options.run, key_of(secret), options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
