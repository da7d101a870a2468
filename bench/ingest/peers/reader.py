"""A Python consumer in a process of its own: confluent-kafka and json, and what is counted of each event. Progress goes to stdout.

Its first line says the versions. `--work whylogs` logs each poll as a frame, as the library's Kafka example does, and
`whylogs-rows` an event at a time; `river` gives each number to an ADWIN of its own.
"""

import argparse
import importlib.metadata
import json
import platform

from confluent_kafka import Consumer

POLLED_AT_ONCE = 5_000
PACKAGES = ["confluent-kafka", "whylogs", "pandas", "river"]

parser = argparse.ArgumentParser()
parser.add_argument("--brokers", required=True)
parser.add_argument("--topic", required=True)
parser.add_argument("--group", required=True)
parser.add_argument("--work", choices=["json", "whylogs", "whylogs-rows", "river"], required=True)
arguments = parser.parse_args()


def nothing(rows):
    return len(rows)


def whylogs_frames():
    import pandas
    from whylogs.core import DatasetProfile

    profile = DatasetProfile()
    return lambda rows: profile.track(pandas.DataFrame(rows))


def whylogs_rows():
    from whylogs.core import DatasetProfile

    profile = DatasetProfile()

    def count(rows):
        for row in rows:
            profile.track(row=row)

    return count


def river():
    from river import drift

    detectors = {}

    def count(rows):
        for row in rows:
            for name, value in row.items():
                if type(value) is float or type(value) is int:
                    detector = detectors.get(name)
                    if detector is None:
                        detector = detectors[name] = drift.ADWIN()
                    detector.update(value)

    return count


works = {"json": lambda: nothing, "whylogs": whylogs_frames, "whylogs-rows": whylogs_rows, "river": river}
count = works[arguments.work]()


def version(package):
    try:
        return f"{package} {importlib.metadata.version(package)}"
    except importlib.metadata.PackageNotFoundError:
        return None


used = {"json": PACKAGES[:1], "river": ["confluent-kafka", "river"]}.get(arguments.work, PACKAGES[:3])
print(", ".join([f"Python {platform.python_version()}", *filter(None, map(version, used))]), flush=True)

consumer = Consumer(
    {
        "bootstrap.servers": arguments.brokers,
        "group.id": arguments.group,
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
    }
)
consumer.subscribe([arguments.topic])
events = 0
while True:
    messages = consumer.consume(POLLED_AT_ONCE, timeout=0.1)
    if not messages:
        continue
    rows = []
    for message in messages:
        if message.error():
            raise RuntimeError(message.error())
        rows.append(json.loads(message.value())["features"])
    count(rows)
    events += len(rows)
    print(events, flush=True)
