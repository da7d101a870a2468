"""The world of the example, not a part of the pipeline: invoices, how they are paid, and the service that asks the model."""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from textwrap import shorten
from typing import Any, Callable
from urllib.parse import urlencode

# From a clone; elsewhere `pip install shiftwatch`.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "clients" / "python" / "src"))

from pipeline import FEATURES, LATE, MODEL, ON_TIME, SECTORS, SEED, Rows, Shelf, ask, predict, share_right
from shiftwatch import Client

ROWS_OF_TRAINING = 6_000
ROWS_OF_AN_HOUR = 1_000
HOURS = 13
MOVES_AT_HOUR = 4
LABEL_DELAY = timedelta(hours=1)
PATIENCE_S = 180


def invoices(draw: int, rows: int, moved: bool) -> Rows:
    """With how they were paid. Once the world has moved, builders and long terms pay late, whatever they did before."""
    import numpy as np

    random = np.random.default_rng([SEED, draw])
    amount = np.round(np.exp(random.normal(7, 0.8, rows)), 2)
    terms = random.choice([14, 30, 60], rows)
    late_before = random.binomial(10, random.beta(1, 2, rows))
    years = np.round(random.gamma(2, 3, rows), 1)
    sector = random.choice(SECTORS, rows)
    score = 2.2 * (late_before - 3.5) - 0.15 * (years - 6) + 0.4 * (np.log(amount) - 7)
    if moved:
        score = 0.5 * score + 9 * (sector == "building") + 0.25 * (terms - 30) - 5
    is_late = random.random(rows) < 1 / (1 + np.exp(-score))
    columns = (amount.tolist(), terms.tolist(), late_before.tolist(), years.tolist(), sector.tolist())
    return [
        {**dict(zip(FEATURES, values)), "label": LATE if late else ON_TIME}
        for *values, late in zip(*columns, is_late.tolist())
    ]


def history() -> Rows:
    """What version 1 is trained on."""
    return invoices(0, ROWS_OF_TRAINING, moved=False)


def simulate(shelf: Shelf, url: str) -> int:
    """Hours go by as fast as shiftwatch judges them, and stand still while the pipeline trains. 0: the loop has closed."""
    watcher = Watcher(url)
    if watcher.get("windows", limit=1):
        print(f"shiftwatch knows hours of {MODEL} already: begin with a fresh database and folder.", file=sys.stderr)
        return 2
    # They end now: what is older than `retention.predictions` is not kept.
    start = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS)
    unpaid: list[dict[str, Any]] = []
    with Client(url) as client:
        for hour in range(HOURS):
            version, model = shelf.in_service()
            rows = invoices(hour + 1, ROWS_OF_AN_HOUR, moved=hour >= MOVES_AT_HOUR)
            gap = timedelta(hours=1) / len(rows)
            answered = enumerate(predict(model, rows))
            asked = [{**each, "at": start + timedelta(hours=hour) + gap * at} for at, each in answered]
            log(client, version, asked, unpaid)
            if not client.flush(PATIENCE_S):
                print(f"not all events arrived: {client.counts()} {client.reasons()}", file=sys.stderr)
                return 1
            unpaid = asked
            moved = ", the world has moved" if hour == MOVES_AT_HOUR else ""
            print(f"hour {hour:2}  version {version} answers, {share_right(asked):.1%} right{moved}", flush=True)
            watcher.follow(start, hour)
    return watcher.conclude(start)


def log(client: Client, version: str, asked: list[dict[str, Any]], unpaid: list[dict[str, Any]]) -> None:
    """Predictions of an hour, and how the invoices of the hour before were paid, in order of time."""
    for each in asked:
        features = {name: each[name] for name in FEATURES}
        each["id"] = client.log_prediction(
            model=MODEL, version=version, features=features, prediction=each["prediction"], score=each["score"], timestamp=each["at"]
        )
    for each in unpaid:
        client.log_label(model=MODEL, prediction_id=each["id"], label=each["label"], timestamp=each["at"] + LABEL_DELAY)


class Watcher:
    """What shiftwatch says, told once."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._told: set[str] = set()

    def get(self, what: str, **query: Any) -> list[dict[str, Any]]:
        return self._read(f"{what}?{urlencode({'model': MODEL, **query})}")["items"]

    def _read(self, path: str) -> dict[str, Any]:
        return json.loads(ask(f"{self._url}/api/v1/{path}"))

    def follow(self, start: datetime, hour: int) -> None:
        """Until the hour before is judged by its inputs, that before it by its labels, and no training is open."""
        due = {(series, stamp(start, hour - ago)) for series, ago in (("closed", 1), ("matured", 2)) if hour >= ago}

        def is_quiet() -> bool:
            verdicts = self.get("verdicts", segment="", limit=200)
            judged = {(each["series"], each["start"]) for each in verdicts}
            return due <= judged and not any(run["state"] in ("requested", "sent", "running") for run in self.get("retrains"))

        until(is_quiet, "shiftwatch to judge the hours before, and the pipeline to train")
        for verdict in reversed(self.get("verdicts", segment="", limit=200)):
            since = round((moment(verdict["start"]) - start) / timedelta(hours=1))
            seen = "inputs" if verdict["series"] == "closed" else "labels"
            # Undetermined is the old version, which nobody asks any more.
            if verdict["verdict"] not in ("none", "undetermined"):
                summary = shorten(verdict["summary"], 64, placeholder=" …")
                self._tell(verdict["id"], f"{seen} of hour {since}: {verdict['verdict'].replace('_', ' ')}. {summary}")
        for alert in self.get("alerts"):
            for event in reversed(self._read(f"alerts/{alert['id']}/events")["items"]):
                if event["kind"].startswith("retrain_"):
                    self._tell(f"event {event['id']}", f"{event['kind'].replace('_', ' ')}: {event['reason']}")
        for run in self.get("retrains"):
            self._tell(run["id"], self._says_of(self._read(f"retrains/{run['id']}")))

    def _says_of(self, run: dict[str, Any]) -> str:
        reached = run["progress"]["reached"]
        target = run["progress"]["target"]
        cost = "target not reached" if reached is None else f"{reached['elapsed_s']:.2f} s and {reached['energy_j']:.1f} J to it"
        aim = "" if target is None else f"; target {target['metric']} {target['value']:g}, {cost}"
        baseline = "with a baseline" if (run["new_baseline"] or {}).get("exists") else "without a baseline"
        made = "" if run["new_version"] is None else f", version {run['new_version']} {baseline}"
        return f"retraining {run['state']}{made}{aim} ({run['detail']})"

    def _tell(self, key: str, text: str) -> None:
        if key not in self._told:
            self._told.add(key)
            print(f"         shiftwatch: {text}", flush=True)

    def conclude(self, start: datetime) -> int:
        """0: a retraining was asked for and has helped, the hours of its version are as in training, and no incident is open."""
        runs = self.get("retrains")
        if not runs:
            print("shiftwatch has asked for no retraining.")
            return 1
        path = f"retrains/{runs[0]['id']}"
        until(lambda: self._read(path)["outcome"] not in (None, "too_early"), "shiftwatch to say whether it has helped")
        run = self._read(path)
        # That of the version which nobody asks any more, by that outcome.
        until(lambda: not self.get("alerts", open="true"), "shiftwatch to close the incident")
        print(f"         shiftwatch: {run['outcome_details']['summary']}")
        verdicts = self.get("verdicts", version=run["new_version"], segment="", limit=200)
        found = [each for each in verdicts if each["verdict"] != "none"]
        still = self.get("alerts", open="true")
        print(f"version {run['new_version']}: {len(verdicts)} verdicts, {len(found)} findings; {len(still)} incidents open")
        return 0 if run["outcome"] == "fixed" and verdicts and not found and not still else 1


def stamp(start: datetime, hour: int) -> str:
    return (start + timedelta(hours=hour)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")


def until(holds: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > end:
            raise SystemExit(f"Waited {PATIENCE_S} s for {what}.")
        time.sleep(0.3)
