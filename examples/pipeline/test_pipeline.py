"""What of the pipeline needs no shiftwatch: python -m unittest test_pipeline.py"""

import json
import queue
import sys
import tempfile
import threading
import time
import unittest
import urllib.request
import uuid
from argparse import Namespace
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pipeline
import signed
import world
from meter import Meter

# The example of the Standard Webhooks specification.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SIGNED = ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
BODY = b'{"test": 2432232314}'
NOW_S = 1614265330


def headers(message_id=SIGNED[0], timestamp=SIGNED[1], signature=SIGNED[2]):
    sent = Message()
    for name, value in (("Webhook-Id", message_id), ("Webhook-Timestamp", timestamp), ("Webhook-Signature", signature)):
        if value is not None:
            sent[name] = value
    return sent


class Signatures(unittest.TestCase):
    def refused(self, sent, body=BODY, now_s=NOW_S, secret=SECRET):
        return signed.why_refused(signed.key_of(secret), sent, body, now_s)

    def test_of_the_specification(self):
        self.assertIsNone(self.refused(headers()))
        self.assertIsNone(self.refused(headers(signature=f"v1,bm9uZQ== {SIGNED[2]}")))

    def test_a_plain_text_is_the_key_itself(self):
        key = signed.key_of("plain text")
        self.assertEqual(key, b"plain text")
        signature = signed.signature(key, "a", str(NOW_S), BODY)
        self.assertIsNone(self.refused(headers("a", str(NOW_S), signature), secret="plain text"))

    def test_anything_else_is_refused(self):
        mismatch = "signature_mismatch"
        self.assertEqual(self.refused(headers(), body=BODY + b" "), mismatch)
        self.assertEqual(self.refused(headers(message_id="another")), mismatch)
        self.assertEqual(self.refused(headers(signature="v1,é")), mismatch)
        self.assertEqual(self.refused(headers(), secret="whsec_" + "A" * 32), mismatch)
        self.assertEqual(self.refused(headers(signature=None)), "headers_missing")
        self.assertEqual(self.refused(headers(timestamp="soon")), "timestamp_invalid")
        self.assertEqual(self.refused(headers(timestamp="²")), "timestamp_invalid")

    def test_stale_is_more_than_five_minutes_either_way(self):
        for off, refused in ((300, None), (301, "timestamp_out_of_range"), (-300, None), (-301, "timestamp_out_of_range")):
            self.assertEqual(self.refused(headers(), now_s=NOW_S + off), refused, off)


class WhatIsKept(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_a_request_is_taken_once_and_begun_again_until_it_is_finished(self):
        runs = [str(uuid.UUID(int=at)) for at in (1, 2)]
        shelf = pipeline.Shelf(self.folder)
        self.assertEqual([shelf.accept({"run_id": run}) for run in (*runs, runs[0].upper())], [True, True, False])
        shelf.finish(runs[0], {"status": "failed"})
        again = pipeline.Shelf(self.folder)
        self.assertEqual(again.unfinished(), [runs[1]])
        self.assertFalse(again.accept({"run_id": runs[0]}))
        self.assertEqual([again.request(run)["version"] for run in runs], ["2", "3"])
        with self.assertRaises(ValueError):
            shelf.accept({"run_id": "../../elsewhere"})

    def test_energy_is_read_from_packages_alone_also_when_a_counter_has_gone_round(self):
        for name, says in (("intel-rapl:0", "package-0"), ("intel-rapl:0:0", "core"), ("intel-rapl:1", "psys")):
            zone = self.folder / name
            zone.mkdir()
            for file, text in (("name", says), ("energy_uj", "9000000"), ("max_energy_range_uj", "10000000")):
                (zone / file).write_text(text + "\n")
        meter = Meter(15, str(self.folder))
        self.assertIn("RAPL", meter.says)
        for name in ("intel-rapl:0", "intel-rapl:0:0", "intel-rapl:1"):
            (self.folder / name / "energy_uj").write_text("2000000\n")
        self.assertEqual(meter.read()[1], 3.0)
        (self.folder / "intel-rapl:0" / "energy_uj").write_text("2500000\n")
        self.assertEqual(meter.read()[1], 3.5)

    def test_without_counters_it_is_processor_time_by_watts(self):
        meter = Meter(20, str(self.folder / "nothing"))
        self.assertEqual(meter.says, "processor time at 20 W")
        while meter.read()[1] == 0:
            sum(range(100_000))
        self.assertGreater(meter.read()[1], 0)


class Asked(unittest.TestCase):
    """A trainer whose processes do what the test says, and a shiftwatch that takes down what it hears."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.shelf = pipeline.Shelf(Path(folder.name))
        self.key = signed.key_of(SECRET)
        self.heard = queue.Queue()
        heard, key = self.heard, self.key

        class Listener(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                self.send_response(200 if signed.why_refused(key, self.headers, body, time.time()) is None else 401)
                self.end_headers()
                heard.put(json.loads(body))

            def log_message(self, *_):
                pass

        self.status_url = self.listen(Listener)

    def listen(self, handler):
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/retrain"

    def data(self):
        return {"run_id": str(uuid.uuid4()), "model": pipeline.MODEL, "status_url": self.status_url}

    def post(self, url, data):
        body = json.dumps({"type": "retrain.requested", "data": data}).encode()
        now = str(int(time.time()))
        sent = {"webhook-id": "a", "webhook-timestamp": now, "webhook-signature": signed.signature(self.key, "a", now, body)}
        with urllib.request.urlopen(urllib.request.Request(url, body, sent)) as answer:
            return answer.status

    def test_of_many_that_come_at_once_one_is_accepted(self):
        trainer = pipeline.Trainer(self.shelf, self.key, [])
        url, data = self.listen(pipeline.handler(self.shelf, self.key, trainer)), self.data()
        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(lambda _: self.post(url, data), range(8)))
        self.assertEqual(sorted(statuses), [200] * 7 + [202])
        self.assertEqual(trainer.waiting.qsize(), 1)

    def test_a_process_that_dies_is_a_failure_and_what_was_left_is_begun_again(self):
        data = self.data()
        self.shelf.accept(data)
        pipeline.Trainer(self.shelf, self.key, [sys.executable, "-c", "import os; os.abort()"]).start()
        said = self.heard.get(timeout=60)
        self.assertEqual(said, {"run_id": data["run_id"], "status": "failed", "detail": "The training process ended with -6"})


class Training(unittest.TestCase):
    def test_ends_at_the_target_and_says_what_each_step_took(self):
        curve = []
        rows = world.invoices(5, 2_000, moved=True)
        trained = pipeline.train(rows, Namespace(target=0.85, watts=15), curve.append)
        reached = [point["value"] >= 0.85 for point in curve]
        self.assertEqual(reached, [False] * (len(curve) - 1) + [True])
        self.assertGreater(len(curve), 1)
        self.assertEqual([point["step"] for point in curve], [5 * (at + 1) for at in range(len(curve))])
        self.assertEqual(sorted(point["elapsed_s"] for point in curve), [point["elapsed_s"] for point in curve])
        self.assertEqual(len(trained.held_out), 800)
        self.assertEqual(round(pipeline.share_right(trained.held_out), 4), curve[-1]["value"])
        again = pipeline.train(rows, Namespace(target=0.85, watts=15), lambda point: None)
        self.assertEqual(again.held_out, trained.held_out)

    def test_says_what_was_missed(self):
        with self.assertRaisesRegex(pipeline.TargetMissed, "The best accuracy of 100 trees was 0.9[0-9]*, the target is 0.999"):
            pipeline.train(world.history(), Namespace(target=0.999, watts=15), lambda point: None)

    def test_the_world_is_the_same_every_time(self):
        self.assertEqual(world.history(), world.history())
        before, after = world.invoices(1, 100, moved=False), world.invoices(1, 100, moved=True)
        self.assertEqual([{**row, "label": ""} for row in before], [{**row, "label": ""} for row in after])


if __name__ == "__main__":
    unittest.main()
