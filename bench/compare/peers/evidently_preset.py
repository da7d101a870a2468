"""Evidently's data drift preset with its defaults."""

import sys

from report import Clock, read

clock = Clock()
import evidently
from evidently import Report
from evidently.presets import DataDriftPreset

clock.stage("import")
reference, current = read(sys.argv[1]), read(sys.argv[2])
clock.stage("read")
result = Report([DataDriftPreset()]).run(current, reference)
found = result.dict()
clock.stage("compare")
counted = next(m for m in found["metrics"] if "DriftedColumnsCount" in str(m.get("metric_name", m.get("metric_id", ""))))
clock.finish({"evidently": evidently.__version__}, int(counted["value"]["count"]))
