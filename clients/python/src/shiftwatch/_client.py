"""The client that a program holds: one for all of its threads."""

import atexit
import ctypes
import json
import os
import ssl
import sys
import weakref
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Union
from urllib.parse import quote

from ._events import Event, encoded, label_event, prediction_event
from ._frames import Rows, frame_of, rows_of
from ._holdout import in_holdout
from ._http import HttpTransport, Limits
from ._kafka import KafkaTransport
from ._rest import Rest, ShiftFound
from ._tally import Tally
from ._values import instant, named_values, outcome
from ._verdicts import expect_verdicts, newest_of_each, nothing_known, shifts_among, until_newest_came

AT_EXIT_S = 2.0


class Client:
    """Logs predictions and labels without ever waiting for the network, and reads what shiftwatch says of them.

    :param url: of a service, such as ``http://localhost:8080``
    :param token: with the scope ``ingest`` to log, ``read`` to read; without it ``SHIFTWATCH_TOKEN``
    :param kafka: settings of confluent-kafka, to log through Kafka
    :param batch_size: events of a batch at most; ``batch_bytes`` of them, ``linger_ms`` that one waits for others
    :param max_queue_bytes: held at most; what does not fit is dropped and counted
    :param timeout: seconds that one request may take
    :param naive: what a datetime without a zone is of, ``"utc"`` or ``"local"``; without it such a time is refused
    :param on_drop: called with an event that is lost, and why
    :param context: how TLS is verified, where the system's authorities do not do
    """

    def __init__(
        self,
        url: Optional[str] = None,
        *,
        token: Optional[str] = None,
        kafka: Optional[Mapping[str, Any]] = None,
        predictions_topic: str = "ml.predictions",
        labels_topic: str = "ml.labels",
        batch_size: int = 500,
        batch_bytes: int = 1_000_000,
        linger_ms: float = 200,
        max_queue_bytes: int = 64_000_000,
        timeout: float = 10.0,
        naive: Optional[str] = None,
        on_drop: Optional[Callable[[Event, str], None]] = None,
        context: Optional[ssl.SSLContext] = None,
    ) -> None:
        if url is None and kafka is None:
            raise ValueError("Client needs the url of a service, or kafka={'bootstrap.servers': …}")
        if naive not in (None, "utc", "local"):
            raise ValueError(f"naive: {naive!r} is neither 'utc' nor 'local'")
        if min(batch_size, batch_bytes, max_queue_bytes) < 1 or linger_ms < 0 or timeout <= 0:
            raise ValueError("batch_size, batch_bytes, max_queue_bytes and timeout are above 0, linger_ms not below")
        self._limits = Limits(batch_size, batch_bytes, linger_ms / 1000, max_queue_bytes, timeout)
        token = token if token is not None else os.environ.get("SHIFTWATCH_TOKEN")
        self._rest = None if url is None else Rest(url, token, timeout, context)
        self._kafka = kafka
        self._topics = {"prediction": predictions_topic, "label": labels_topic}
        self._naive = naive
        self._on_drop = on_drop
        self._open()
        _LIVING.add(self)

    def _open(self) -> None:
        self._tally = Tally()
        self._lost_before = 0
        self._transport: Union[HttpTransport, KafkaTransport]
        if self._kafka is not None:
            self._transport = KafkaTransport(self._kafka, self._topics, self._limits, self._tally, self._dropped)
        elif self._rest is not None:
            self._transport = HttpTransport(self._rest, self._limits, self._tally, self._dropped)

    def _dropped(self, event: bytes, reason: str) -> None:
        if self._on_drop is None:
            return
        try:
            self._on_drop(json.loads(event), reason)
        except Exception:  # somebody else's code must not end the thread that sends
            sys.excepthook(*sys.exc_info())

    def log_prediction(
        self,
        *,
        model: str,
        prediction: Any = None,
        version: Any = None,
        features: Any = None,
        prediction_id: Any = None,
        score: Any = None,
        probabilities: Any = None,
        timestamp: Any = None,
        tags: Any = None,
        segment: Any = None,
        holdout: Optional[bool] = None,
        error: Optional[str] = None,
        **fields: Any,
    ) -> str:
        """Logs what a model said, and returns the prediction's id at once: its label is logged by it.

        :param prediction: a class or an amount; may be absent beside ``features``, or where ``error`` says why
        :param features: the inputs as the model got them: a dict, a row of pandas or polars
        :param prediction_id: without it one is made (UUID 4)
        :param timestamp: without it it is now
        :param tags: what rows are told apart by, and is no input; ``segment`` is another name of it
        :param holdout: nobody acts on it; see :meth:`in_holdout`
        :param error: why the model failed
        :param fields: ``latency_ms``, ``cost``, ``energy_j``, and what else the log is to hold
        :raises ValueError: naming the field, where it cannot be an event
        """
        both = {**(named_values(segment, "segment") if segment else {}), **(named_values(tags, "tags") if tags else {})}
        event = prediction_event(
            naive=self._naive,
            model=model,
            prediction=prediction,
            version=version,
            features=features,
            prediction_id=prediction_id,
            score=score,
            probabilities=probabilities,
            timestamp=timestamp,
            tags=both,
            holdout=holdout,
            error=error,
            fields=fields,
        )
        self._put(event)
        return str(event["prediction_id"])

    def log_label(
        self,
        *,
        model: str,
        prediction_id: Any,
        label: Any,
        timestamp: Any = None,
        source: Optional[str] = None,
        final: Optional[bool] = None,
    ) -> None:
        """Logs what turned out to be true of a prediction, whenever it is known.

        :param source: ``natural`` (it happened), ``user`` (somebody said so), ``inferred`` (another model did)
        :param final: False where it may still be revised
        :raises ValueError: naming the field, where it cannot be an event
        """
        self._put(
            label_event(
                naive=self._naive,
                model=model,
                prediction_id=prediction_id,
                label=label,
                timestamp=timestamp,
                source=source,
                final=final,
            )
        )

    def log_predictions(
        self,
        frame: Any,
        *,
        model: str,
        prediction: str = "prediction",
        prediction_id: Optional[str] = None,
        features: Optional[Sequence[str]] = None,
        score: Optional[str] = None,
        timestamp: Optional[str] = None,
        tags: Sequence[str] = (),
        version: Any = None,
    ) -> List[str]:
        """Logs every row of a frame of pandas or polars, or of a list of dicts; returns the ids.

        Columns are named; ``features`` are all others where they are not. Every row is looked at before the first is
        logged, so that a mistake logs none of them.

        :raises ValueError: naming the row and the field
        """
        rows = rows_of(frame)
        named = [name for name in (prediction, prediction_id, score, timestamp) if name is not None]
        rows.expect([*named, *(features or ()), *tags])
        inputs = features if features is not None else [c for c in rows.columns if c not in {*named, *tags}]

        def event_of(row: Mapping[str, Any]) -> Event:
            return prediction_event(
                naive=self._naive,
                model=model,
                prediction=outcome(row[prediction], "prediction"),
                version=version,
                features={name: row[name] for name in inputs},
                prediction_id=None if prediction_id is None else row[prediction_id],
                score=None if score is None else row[score],
                timestamp=None if timestamp is None else row[timestamp],
                tags={name: row[name] for name in tags},
                fields={},
            )

        return [event["prediction_id"] for event in self._put_all(rows, event_of)]

    def log_labels(
        self,
        frame: Any,
        *,
        model: str,
        prediction_id: str = "prediction_id",
        label: str = "label",
        timestamp: Optional[str] = None,
    ) -> int:
        """Logs a label for every row that has one, and returns how many those are.

        :raises ValueError: naming the row and the field
        """
        rows = rows_of(frame)
        rows.expect([prediction_id, label, *([timestamp] if timestamp else [])])

        def event_of(row: Mapping[str, Any]) -> Optional[Event]:
            if named_values({label: row[label]}, "row")[str(label)] is None:
                return None
            when = None if timestamp is None else row[timestamp]
            return label_event(
                naive=self._naive, model=model, prediction_id=row[prediction_id], label=row[label], timestamp=when
            )

        return sum(1 for _ in self._put_all(rows, event_of))

    def _put_all(self, rows: Rows, event_of: Callable[[Mapping[str, Any]], Optional[Event]]) -> Iterator[Event]:
        """All of them or none: the first pass finds mistakes, and keeps nothing of a frame of millions."""
        for at, row in enumerate(rows):
            try:
                event_of(row)
            except ValueError as error:
                raise ValueError(f"row {at}: {error}") from None
        for row in rows:
            event = event_of(row)
            if event is not None:
                self._put(event)
                yield event

    def _put(self, event: Event) -> None:
        self._transport.put(encoded(event), event["type"], event["prediction_id"])

    def counts(self) -> Dict[str, int]:
        """``logged``, and what became of it: ``delivered``, ``dropped``, ``refused``, ``waiting``; they add up to it."""
        return self._tally.counts()

    def reasons(self) -> Dict[str, int]:
        """Why events were dropped or refused, and how many."""
        with self._tally.changed:
            return dict(self._tally.reasons)

    def flush(self, timeout: Optional[float] = None) -> bool:
        """Sends what waits; whether all that was logged since the last flush is delivered.

        :param timeout: seconds to wait at most; None waits as long as it takes
        """
        self._transport.flush(timeout)
        lost = self._tally.lost
        is_whole = self._tally.waiting == 0 and lost == self._lost_before
        self._lost_before = lost
        return is_whole

    def close(self, timeout: float = 10.0) -> None:
        """Sends what waits, for so many seconds at most; the rest is counted as dropped, and so is what comes later."""
        self._transport.close(timeout)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    @staticmethod
    def in_holdout(id: object, share: float = 0.05, salt: str = "") -> bool:
        """Whether an id is of the hold-out; see :func:`shiftwatch.in_holdout`."""
        return in_holdout(id, share, salt)

    def verdicts(self, *, model: Optional[str] = None, from_: Any = None, to: Any = None, frame: Optional[str] = None, **query: Any) -> Any:
        """Verdicts, newest first, as a frame (``frame="pandas"`` or ``"polars"`` says of which).

        :raises ApiError: where the service refuses, or is not there
        """
        return frame_of(self._list("/api/v1/verdicts", model, from_, to, query), frame)

    def measurements(self, *, model: Optional[str] = None, from_: Any = None, to: Any = None, frame: Optional[str] = None, **query: Any) -> Any:
        """What was measured of each feature and window, as a frame; ``window=ID`` asks for one.

        :raises ApiError: where the service refuses, or is not there
        """
        return frame_of(self._list("/api/v1/measurements", model, from_, to, query), frame)

    def fail_on_shift(
        self, *, model: str, since: Any = None, on: Sequence[str] = ("any",), **query: Any
    ) -> List[Dict[str, Any]]:
        """For schedulers and CI: raises where a verdict that stands says that something shifted.

        :param since: windows that begin then or later; without it the newest window that closed and the newest one with
            labels, of each version, segment and size
        :param on: the verdicts that count: ``data_fault``, ``concept_drift``, …; ``any`` are all shifts and faults, and
            ``undetermined`` may be added
        :returns: verdicts among those that could not tell, or one without version and window where none was given: they
            are no all-clear
        :raises ShiftFound: with the verdicts
        :raises ApiError: where the service refuses, is not there or knows no such model: no answer is no all-clear
        """
        expect_verdicts(on)
        if since is None:
            # By themselves: labels come later, so that what they say may lie far behind what closed since.
            asked = [query] if "series" in query else [{**query, "series": "closed"}, {**query, "series": "matured"}]
            rows = newest_of_each(
                [row for one in asked for row in until_newest_came(self._pages("/api/v1/verdicts", model, None, None, one))]
            )
        else:
            rows = self._list("/api/v1/verdicts", model, since, None, query)
        if not rows and self._rest is not None:
            # A name that is misspelt is no all-clear, nor is silence.
            self._rest.get("/api/v1/models/" + quote(model, safe=""))
            if "verdict" not in query:
                rows = [nothing_known(model)]
        found = shifts_among(rows, on)
        if found:
            first = found[0]
            since_text = f" since {first['start']}" if first["start"] else ""
            raise ShiftFound(f"{model}: {first['verdict']}{since_text}: {first['summary']}", found)
        return [row for row in rows if row["verdict"] == "undetermined"]

    def _list(
        self, path: str, model: Optional[str], from_: Any, to: Any, query: Mapping[str, Any]
    ) -> List[Dict[str, Any]]:
        return list(self._pages(path, model, from_, to, query))

    def _pages(
        self, path: str, model: Optional[str], from_: Any, to: Any, query: Mapping[str, Any]
    ) -> Iterator[Dict[str, Any]]:
        if self._rest is None:
            raise ValueError("to read, Client needs the url of a service beside kafka")
        asked: Dict[str, Any] = {"model": model, "limit": 500, **query}
        asked["from"] = None if from_ is None else instant(from_, self._naive or "utc")
        asked["to"] = None if to is None else instant(to, self._naive or "utc")
        return self._rest.pages(path, asked)


_LIVING: "weakref.WeakSet[Client]" = weakref.WeakSet()


def _at_exit() -> None:
    for client in list(_LIVING):
        client.close(AT_EXIT_S)


def _in_child() -> None:
    # Threads do not come along, and what waited is the parent's to send. Its producer must never be freed here: librdkafka
    # would wait for its threads.
    for client in list(_LIVING):
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(client._transport))
        client._open()


atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
