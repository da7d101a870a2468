import importlib.util
import os
import subprocess
import sys
import threading
import unittest

from service import Service
from shiftwatch import Client
from shiftwatch._http import pause

AWAY = "http://127.0.0.1:1"


def adds_up(counts):
    return counts["logged"] == sum(counts[n] for n in ("delivered", "dropped", "refused", "waiting"))


class Delivery(unittest.TestCase):
    def test_delivers_what_was_logged_and_returns_ids(self):
        with Service() as service, Client(service.url, token="t") as client:
            first = client.log_prediction(model="m", prediction="a", features={"x": 1.5}, version="3")
            client.log_label(model="m", prediction_id=first, label="b")
            self.assertTrue(client.flush(10))
            prediction, label = service.events
            self.assertEqual(prediction["prediction_id"], first)
            self.assertEqual(prediction["features"], {"x": 1.5})
            self.assertEqual(prediction["model_version"], "3")
            self.assertEqual((label["type"], label["prediction_id"]), ("label", first))
            self.assertEqual(service.headers[0]["Authorization"], "Bearer t")
            self.assertEqual(client.counts(), {"logged": 2, "delivered": 2, "dropped": 0, "refused": 0, "waiting": 0})

    def test_refuses_a_slip_in_a_name(self):
        with Client(AWAY) as client:
            for slip, meant in [("scores", "score"), ("featurs", "features"), ("verison", "version"), ("latencyMs", "latency_ms")]:
                with self.assertRaisesRegex(ValueError, f"^{slip}: is no field; did you mean {meant}\\?"):
                    client.log_prediction(model="m", prediction=1, **{slip: 1})
            for other in ("session", "host", "region", "mode"):
                client.log_prediction(model="m", prediction=1, **{other: "x"})
            self.assertEqual(client.counts()["logged"], 4)
            client.close(0)

    def test_batches_by_count_and_by_bytes(self):
        with Service() as service:
            with Client(service.url, batch_size=10, linger_ms=60_000) as client:
                for at in range(25):
                    client.log_prediction(model="m", prediction=at)
            self.assertEqual([len(batch) for batch in service.batches], [10, 10, 5])
        with Service() as service:
            with Client(service.url, batch_bytes=1_000, linger_ms=60_000) as client:
                for at in range(20):
                    client.log_prediction(model="m", prediction="x" * 400)
            self.assertEqual(len(service.events), 20)
            self.assertTrue(all(len(batch) == 1 for batch in service.batches))

    def test_tries_again_with_the_same_key(self):
        for trouble in (503, 500, (429, {"Retry-After": "0"}), None, 408):
            with self.subTest(trouble=trouble), Service(trouble, 202) as service:
                with Client(service.url) as client:
                    client.log_prediction(model="m", prediction=1)
                    self.assertTrue(client.flush(20))
                    self.assertEqual(client.counts()["delivered"], 1)
                self.assertEqual(len(service.keys), 2)
                self.assertEqual(len(set(service.keys)), 1)

    def test_counts_what_is_refused_by_reason_and_delivers_the_rest(self):
        lost = []
        with Service() as service, Client(service.url, on_drop=lambda e, why: lost.append((e["model"], why))) as client:
            for model in ("m", "unknown", "m"):
                client.log_prediction(model=model, prediction=1)
            self.assertFalse(client.flush(10))
            self.assertEqual(client.counts(), {"logged": 3, "delivered": 2, "dropped": 0, "refused": 1, "waiting": 0})
            self.assertEqual(client.reasons(), {"unknown_model": 1})
            self.assertEqual(lost, [("unknown", "unknown_model")])
            self.assertTrue(client.flush(1), "nothing was lost since the last flush")

    def test_a_wrong_token_is_no_reason_to_ask_for_ever(self):
        with Service(401) as service, Client(service.url) as client:
            client.log_prediction(model="m", prediction=1)
            self.assertFalse(client.flush(10))
            self.assertEqual(client.reasons(), {"http_401": 1})

    def test_halves_what_is_too_large(self):
        with Service(413, 202) as service, Client(service.url, linger_ms=60_000) as client:
            for at in range(4):
                client.log_prediction(model="m", prediction=at)
            self.assertTrue(client.flush(10))
            self.assertEqual([len(batch) for batch in service.batches], [4, 2, 2])

    def test_follows_no_redirect(self):
        with Service() as elsewhere, Service((307, {"Location": elsewhere.url})) as service:
            with Client(service.url, token="secret") as client:
                client.log_prediction(model="m", prediction=1)
                client.flush(10)
                self.assertEqual(client.reasons(), {"http_307": 1})
            self.assertEqual(elsewhere.events, [])

    def test_an_on_drop_that_fails_stops_nothing(self):
        def fails(_event, _reason):
            raise RuntimeError("of the test")

        hook, sys.excepthook = sys.excepthook, lambda *_: None
        try:
            with Service() as service, Client(service.url, on_drop=fails) as client:
                client.log_prediction(model="unknown", prediction=1)
                client.flush(10)
                client.log_prediction(model="m", prediction=1)
                self.assertTrue(client.flush(10))
        finally:
            sys.excepthook = hook


class Bounds(unittest.TestCase):
    def test_drops_and_counts_beyond_the_memory(self):
        lost = []
        client = Client(AWAY, max_queue_bytes=20_000, on_drop=lambda event, why: lost.append(why))
        for _ in range(1_000):
            client.log_prediction(model="m", prediction="x" * 100)
        counts = client.counts()
        self.assertTrue(adds_up(counts), counts)
        self.assertGreater(counts["waiting"], 20)
        self.assertGreater(counts["dropped"], 800)
        self.assertEqual(set(lost), {"queue_full"})
        client.close(0.1)
        self.assertEqual(client.counts()["waiting"], 0)
        self.assertEqual(client.counts()["dropped"], 1_000)

    def test_room_comes_back(self):
        with Service() as service, Client(service.url, max_queue_bytes=2_000) as client:
            for _ in range(20):
                client.log_prediction(model="m", prediction="x" * 300)
                self.assertTrue(client.flush(10))
            self.assertEqual(client.counts()["delivered"], 20)

    def test_counts_what_comes_after_the_close(self):
        with Service() as service:
            client = Client(service.url)
            client.close()
            client.log_prediction(model="m", prediction=1)
            self.assertEqual(client.counts()["dropped"], 1)
            client.close()

    def test_pauses_grow_have_an_end_and_do_what_they_are_told(self):
        self.assertLessEqual(pause(0, None, lambda: 1.0), 0.2)
        self.assertEqual(pause(50, None, lambda: 1.0), 30.0)
        self.assertEqual(pause(0, "7", lambda: 0.0), 7.0)
        self.assertLessEqual(pause(0, "999999", lambda: 0.0), 60.0)
        self.assertLessEqual(pause(0, "Wed, 21 Oct 2015 07:28:00 GMT", lambda: 0.0), 0.0)
        self.assertGreater(pause(0, "soon", lambda: 0.0), 0.0)


class Programs(unittest.TestCase):
    def run_program(self, text, url):
        done = subprocess.run([sys.executable, "-c", text, url], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_a_program_that_just_ends_has_sent(self):
        with Service() as service:
            self.run_program(
                "import sys, shiftwatch\n"
                "c = shiftwatch.Client(sys.argv[1], linger_ms=60000)\n"
                "c.log_prediction(model='m', prediction=1)\n",
                service.url,
            )
            self.assertEqual(len(service.events), 1)

    def test_a_service_that_is_away_holds_no_program(self):
        self.run_program("import sys, shiftwatch\nshiftwatch.Client(sys.argv[1]).log_prediction(model='m', prediction=1)\n", AWAY)

    @unittest.skipUnless(hasattr(os, "fork"), "needs fork")
    def test_a_fork_sends_its_own_and_nothing_twice(self):
        with Service() as service:
            self.run_program(
                "import os, sys, shiftwatch\n"
                "c = shiftwatch.Client(sys.argv[1], linger_ms=300)\n"
                "c.log_prediction(model='m', prediction='parent')\n"
                "pid = os.fork()\n"
                "if pid == 0:\n"
                "    c.log_prediction(model='m', prediction='child')\n"
                "    assert c.flush(10) and c.counts()['logged'] == 1\n"
                "    os._exit(0)\n"
                "assert os.waitpid(pid, 0)[1] == 0\n"
                "assert c.flush(10) and c.counts()['logged'] == 1\n",
                service.url,
            )
            self.assertEqual(sorted(e["prediction"] for e in service.events), ["child", "parent"])

    @unittest.skipUnless(hasattr(os, "fork") and importlib.util.find_spec("confluent_kafka"), "needs confluent-kafka")
    def test_a_fork_of_one_that_logs_through_kafka_ends(self):
        self.run_program(
            "import os, sys, shiftwatch\n"
            "c = shiftwatch.Client(kafka={'bootstrap.servers': '127.0.0.1:1', 'log_level': 0})\n"
            "c.log_prediction(model='m', prediction='parent')\n"
            "pid = os.fork()\n"
            "if pid == 0:\n"
            "    assert c.counts()['logged'] == 0\n"
            "    sys.exit(0)\n"
            "assert os.waitpid(pid, 0)[1] == 0\n"
            "c.close(0.1)\n"
            "assert c.counts()['dropped'] == 1, c.counts()\n",
            AWAY,
        )

    def test_threads_share_a_client(self):
        with Service() as service, Client(service.url) as client:

            def log():
                for at in range(200):
                    client.log_prediction(model="m", prediction=at)

            threads = [threading.Thread(target=log) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertTrue(client.flush(30))
            self.assertEqual(len({event["prediction_id"] for event in service.events}), 1_600)
            self.assertEqual(client.counts()["delivered"], 1_600)


if __name__ == "__main__":
    unittest.main()
