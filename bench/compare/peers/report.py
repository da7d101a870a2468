"""What every peer of this benchmark shares: how it reads, and the line of JSON it ends with."""

import json
import sys
import time


def read(path):
    import pandas

    return pandas.read_parquet(path) if path.endswith(".parquet") else pandas.read_csv(path)


class Clock:
    """Times the stages, so that importing a library is not mistaken for working."""

    def __init__(self):
        self.last = time.perf_counter()
        self.stages = {}

    def stage(self, name):
        now = time.perf_counter()
        self.stages[name] = round(now - self.last, 3)
        self.last = now

    def finish(self, versions, drifted):
        print(json.dumps({"versions": versions, "drifted": drifted, "stages": self.stages}))
        sys.stdout.flush()
