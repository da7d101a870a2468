"""Events over HTTP: a thread that posts what waits, in batches, and tries again."""

import email.utils
import gzip
import json
import random
import threading
import time
import uuid
from collections import deque
from typing import Any, Callable, Deque, List, NamedTuple, Optional, Tuple

from ._rest import Rest
from ._tally import Tally

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 30.0
# Less is not worth the time.
GZIP_FROM_BYTES = 2_048
# What an event costs beside its bytes: its object, its place in the queue.
OVERHEAD_BYTES = 200

OnDrop = Callable[[bytes, str], None]


class Limits(NamedTuple):
    batch_size: int = 500
    batch_bytes: int = 1_000_000
    linger_s: float = 0.2
    max_queue_bytes: int = 64_000_000
    timeout_s: float = 10.0


class HttpTransport:
    """Never blocks who logs, and holds at most ``max_queue_bytes``."""

    def __init__(self, rest: Rest, limits: Limits, tally: Tally, on_drop: OnDrop) -> None:
        self._rest = rest
        self._limits = limits
        self._tally = tally
        self._on_drop = on_drop
        self._lock = threading.Lock()
        self._wake = threading.Condition(self._lock)
        self._queue: Deque[Tuple[bytes, float]] = deque()
        self._queued_bytes = 0
        # With what is on its way.
        self._bytes = 0
        self._hurry = 0
        self._closed = False
        self._stop = threading.Event()
        self._thread: Optional[threading.Thread] = None

    def put(self, event: bytes, kind: str, key: str) -> None:
        size = len(event) + OVERHEAD_BYTES
        with self._lock:
            why = "closed" if self._closed else "queue_full"
            fits = not self._closed and self._bytes + size <= self._limits.max_queue_bytes
            if fits:
                self._bytes += size
                self._tally.add_waiting()
                self._queue.append((event, time.monotonic()))
                self._queued_bytes += len(event) + 1
                self._start()
                if len(self._queue) == 1 or self._is_full():
                    self._wake.notify()
        if not fits:
            self._tally.add_dropped(why)
            self._on_drop(event, why)

    def _is_full(self) -> bool:
        return len(self._queue) >= self._limits.batch_size or self._queued_bytes >= self._limits.batch_bytes

    def _start(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        thread = threading.Thread(target=self._run, name="shiftwatch", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the interpreter is ending: flush sends by itself
            return
        self._thread = thread

    def _run(self) -> None:
        while True:
            batch = self._next()
            if batch is None:
                return
            self._deliver(batch)

    def _next(self) -> Optional[List[bytes]]:
        """The next batch, once it is full, has waited long enough, or somebody flushes; None at the end."""
        with self._lock:
            while not self._queue:
                if self._closed:
                    return None
                self._wake.wait()
            due = self._queue[0][1] + self._limits.linger_s
            while not self._closed and self._hurry == 0 and not self._is_full():
                left = due - time.monotonic()
                if left <= 0:
                    break
                self._wake.wait(left)
            return self._take()

    def _take(self) -> List[bytes]:
        batch: List[bytes] = []
        size = 0
        while self._queue and len(batch) < self._limits.batch_size:
            event = self._queue[0][0]
            if batch and size + len(event) + 1 > self._limits.batch_bytes:
                break
            batch.append(event)
            size += len(event) + 1
            self._queue.popleft()
        self._queued_bytes -= size
        return batch

    def _deliver(self, batch: List[bytes], end: Optional[float] = None) -> None:
        """Posts a batch until it is answered for; the same key makes the same batch count once."""
        key = str(uuid.uuid4())
        body = b"\n".join(batch) + b"\n"
        headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": key}
        if len(body) >= GZIP_FROM_BYTES:
            body = gzip.compress(body, 1, mtime=0)
            headers["Content-Encoding"] = "gzip"
        tries = 0
        while True:
            answer = self._rest.post("/api/v1/events", body, headers)
            if 200 <= answer.status < 300 and self._settle(batch, answer.body):
                return
            if answer.status == 413 and len(batch) > 1:
                middle = len(batch) // 2
                self._deliver(batch[:middle], end)
                self._deliver(batch[middle:], end)
                return
            if 300 <= answer.status < 500 and answer.status not in (408, 425, 429):
                self._lose(batch, f"http_{answer.status}", is_refused=True)
                return
            pause_s = pause(tries, answer.headers.get("retry-after"))
            too_late = end is not None and time.monotonic() + pause_s >= end
            if too_late or self._stop.wait(pause_s):
                self._lose(batch, "closed", is_refused=False)
                return
            tries += 1

    def _settle(self, batch: List[bytes], body: bytes) -> bool:
        """Counts what the answer says; False where it is not the service's (a captive portal's, a proxy's)."""
        try:
            answer = json.loads(body)
            dead = {int(one["index"]): str(one["reason"]) for one in answer["dead_letters"]}
            answered = len(dead) + sum(int(answer[n]) for n in ("accepted", "late", "ignored", "duplicates"))
        except (ValueError, KeyError, TypeError):
            return False
        if answered != len(batch):
            return False
        for index, event in enumerate(batch):
            if index in dead:
                self._tally.settle(refused=1, reason=dead[index])
                self._on_drop(event, dead[index])
        self._tally.settle(delivered=len(batch) - len(dead))
        self._free(batch)
        return True

    def _lose(self, batch: List[bytes], reason: str, is_refused: bool) -> None:
        count = len(batch)
        self._tally.settle(reason=reason, **({"refused": count} if is_refused else {"dropped": count}))
        self._free(batch)
        for event in batch:
            self._on_drop(event, reason)

    def _free(self, batch: List[bytes]) -> None:
        with self._lock:
            self._bytes -= sum(len(event) + OVERHEAD_BYTES for event in batch)

    def flush(self, timeout_s: Optional[float]) -> None:
        """Waits until nothing waits, or the time is up."""
        end = None if timeout_s is None else time.monotonic() + timeout_s
        with self._lock:
            self._hurry += 1
            if self._queue:
                self._start()
            self._wake.notify()
        try:
            if self._thread is None:
                self._send_here(end)
            with self._tally.changed:
                left = None if end is None else max(0.0, end - time.monotonic())
                self._tally.changed.wait_for(lambda: self._tally.waiting == 0, left)
        finally:
            with self._lock:
                self._hurry -= 1

    def _send_here(self, end: Optional[float]) -> None:
        """Where the interpreter is ending, and gives no thread any more."""
        while True:
            with self._lock:
                batch = self._take()
            if not batch:
                return
            self._deliver(batch, time.monotonic() + 2 if end is None else end)

    def close(self, timeout_s: float) -> None:
        with self._lock:
            if self._closed:
                return
        self.flush(timeout_s)
        with self._lock:
            self._closed = True
            left = [event for event, _ in self._queue]
            self._queue.clear()
            self._queued_bytes = 0
            self._wake.notify_all()
        self._stop.set()
        self._lose(left, "closed", is_refused=False)
        if self._thread is not None and self._thread is not threading.current_thread():
            # It may still be posting; what it posts is waited for no longer than this.
            self._thread.join(0.1)


def pause(tries: int, retry_after: Optional[str], draw: Callable[[], float] = random.random) -> float:
    """Seconds until the next try: as asked for, else twice as long each time, with a draw so that not all come at once."""
    asked = _asked(retry_after)
    if asked is not None:
        return min(asked, LONGEST_PAUSE_S * 2) + draw() * FIRST_PAUSE_S
    longest = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(tries, 16))
    return longest * (0.5 + draw() / 2)


def _asked(retry_after: Optional[str]) -> Optional[float]:
    if retry_after is None:
        return None
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        at: Any = email.utils.parsedate_to_datetime(retry_after)
        return max(0.0, at.timestamp() - time.time())
    except (TypeError, ValueError):
        return None
