"""What a training takes: seconds, and joules as well as this machine can tell."""

from __future__ import annotations

import glob
import time
from pathlib import Path


class Meter:
    """Seconds and joules since it was made: of the processor's own counters where they may be read (then of the whole
    machine), else this process's processor time by a number of watts."""

    def __init__(self, watts: float, powercap: str = "/sys/class/powercap") -> None:
        self._watts = watts
        self._zones = [zone for zone in sorted(glob.glob(f"{powercap}/intel-rapl:*")) if _is_package(zone)]
        self.says = "by RAPL, of the whole machine" if self._zones else f"processor time at {watts:g} W"
        self._began, self._cpu_began = time.monotonic(), time.process_time()
        self._last = [_number(zone, "energy_uj") for zone in self._zones]
        self._microjoules = 0

    def read(self) -> tuple[float, float]:
        """Long before a counter has gone round once more: a minute or more at full power."""
        for at, zone in enumerate(self._zones):
            now = _number(zone, "energy_uj")
            gone_round = _number(zone, "max_energy_range_uj") if now < self._last[at] else 0
            self._microjoules += now - self._last[at] + gone_round
            self._last[at] = now
        joules = self._microjoules / 1e6 if self._zones else (time.process_time() - self._cpu_began) * self._watts
        return round(time.monotonic() - self._began, 3), round(joules, 2)


def _number(zone: str, name: str) -> int:
    return int((Path(zone) / name).read_text())


def _is_package(zone: str) -> bool:
    """Not its parts, which it contains; most systems let only root read the counters."""
    try:
        return (Path(zone) / "name").read_text().startswith("package") and _number(zone, "energy_uj") >= 0
    except (OSError, ValueError):
        return False
