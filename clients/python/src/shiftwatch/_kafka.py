"""Events through Kafka, by confluent-kafka, whose own thread sends what waits."""

import threading
import time
from typing import Any, Mapping, Optional

from ._http import Limits, OnDrop
from ._tally import Tally

POLL_S = 0.1


class KafkaTransport:
    """confluent-kafka batches, retries and bounds; here what became of each event is counted."""

    def __init__(
        self,
        config: Mapping[str, Any],
        topics: Mapping[str, str],
        limits: Limits,
        tally: Tally,
        on_drop: OnDrop,
    ) -> None:
        try:
            from confluent_kafka import KafkaException, Producer
        except ImportError as error:
            raise ImportError("Client(kafka=…) needs confluent-kafka: pip install 'shiftwatch[kafka]'") from error
        self._topics = topics
        self._tally = tally
        self._on_drop = on_drop
        self._full = (BufferError,)
        self._wrong = (KafkaException,)
        self._producer = Producer(
            {
                "linger.ms": int(limits.linger_s * 1000),
                "batch.num.messages": limits.batch_size,
                "queue.buffering.max.kbytes": max(1, limits.max_queue_bytes // 1024),
                "enable.idempotence": True,
                **config,
            }
        )
        self._closed = False
        self._thread: Optional[threading.Thread] = None
        self._lock = threading.Lock()

    def put(self, event: bytes, kind: str, key: str) -> None:
        if self._closed:
            self._reject(event, "closed")
            return
        self._tally.add_waiting()

        def told(error: Any, _message: Any) -> None:
            if error is None:
                self._tally.settle(delivered=1)
                return
            reason = error.name().lower().lstrip("_")
            self._tally.settle(dropped=1, reason=reason)
            self._on_drop(event, reason)

        try:
            self._producer.produce(self._topics[kind], event, key=key.encode("utf-8", "replace"), on_delivery=told)
        except self._full:
            self._tally.settle(dropped=1, reason="queue_full")
            self._on_drop(event, "queue_full")
        except self._wrong as error:  # too large, as the broker's or the producer's limit has it
            reason = error.args[0].name().lower().lstrip("_")
            self._tally.settle(dropped=1, reason=reason)
            self._on_drop(event, reason)
        self._start()

    def _reject(self, event: bytes, reason: str) -> None:
        self._tally.add_dropped(reason)
        self._on_drop(event, reason)

    def _start(self) -> None:
        with self._lock:
            if self._thread is not None:
                return
            self._thread = threading.Thread(target=self._run, name="shiftwatch-kafka", daemon=True)
            try:
                self._thread.start()
            except RuntimeError:  # the interpreter is ending: flush polls by itself
                self._thread = None

    def _run(self) -> None:
        while not self._closed:
            self._producer.poll(POLL_S)

    def flush(self, timeout_s: Optional[float]) -> None:
        end = None if timeout_s is None else time.monotonic() + timeout_s
        while self._tally.waiting > 0:
            left = POLL_S if end is None else min(POLL_S, end - time.monotonic())
            if left <= 0:
                return
            self._producer.flush(left)

    def close(self, timeout_s: float) -> None:
        if self._closed:
            return
        self.flush(timeout_s)
        self._closed = True
        if self._tally.waiting > 0:
            # Each is told that it was purged, and counted as dropped.
            self._producer.purge()
            self._producer.flush(1)
