"""What became of every event, in one place: logged is always the sum of the others."""

import threading
from collections import Counter
from typing import Dict


class Tally:
    """Counts under one lock, whose condition tells who waits that something has come to its end."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.reasons: "Counter[str]" = Counter()
        self._waiting = 0
        self._delivered = 0
        self._dropped = 0
        self._refused = 0

    def add_waiting(self) -> None:
        with self.changed:
            self._waiting += 1

    def add_dropped(self, reason: str) -> None:
        """An event that never waited: there was no room."""
        with self.changed:
            self._dropped += 1
            self.reasons[reason] += 1

    def settle(self, *, delivered: int = 0, dropped: int = 0, refused: int = 0, reason: str = "") -> None:
        """Events that waited, and wait no more."""
        with self.changed:
            self._waiting -= delivered + dropped + refused
            self._delivered += delivered
            self._dropped += dropped
            self._refused += refused
            if dropped + refused > 0:
                self.reasons[reason] += dropped + refused
            self.changed.notify_all()

    def counts(self) -> Dict[str, int]:
        with self.changed:
            ended = {"delivered": self._delivered, "dropped": self._dropped, "refused": self._refused}
            return {"logged": sum(ended.values()) + self._waiting, **ended, "waiting": self._waiting}

    @property
    def lost(self) -> int:
        with self.changed:
            return self._dropped + self._refused

    @property
    def waiting(self) -> int:
        with self.changed:
            return self._waiting
