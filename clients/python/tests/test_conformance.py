import json
import pathlib
import unittest

from service import Service
from shiftwatch import Client, in_holdout
from shiftwatch._values import event_id, instant, model_name, moment, outcome, version_name

VECTORS = json.loads((pathlib.Path(__file__).parents[2] / "conformance.json").read_text(encoding="utf-8"))


class Conformance(unittest.TestCase):
    def test_draws(self):
        for id, salt, share, drawn in VECTORS["holdout"]["rows"]:
            with self.subTest(id=id, salt=salt, share=share):
                self.assertIs(in_holdout(id, share, salt), drawn)

    def test_ids_names_times_and_outcomes(self):
        for value, expected in VECTORS["ids"]["accepted"]:
            self.assertEqual(event_id(value), expected)
        reads = (
            ("ids", event_id),
            ("models", model_name),
            ("versions", version_name),
            ("times", lambda value: moment(value, "utc")),
            ("outcomes", lambda value: outcome(value, "prediction")),
        )
        for name, read in reads:
            if name != "ids":
                for value in VECTORS[name]["accepted"]:
                    self.assertEqual(read(value), value)
            for value in VECTORS[name]["refused"]:
                with self.subTest(name=name, value=value), self.assertRaises(ValueError):
                    read(value)

    def test_times_of_questions(self):
        for value, sent in VECTORS["asked"]["accepted"]:
            with self.subTest(value=value):
                self.assertEqual(instant(value, "utc"), sent)
                # Text says by itself of which zone it is, or is UTC.
                self.assertEqual(instant(value, "local"), sent)
        for value in VECTORS["asked"]["refused"]:
            with self.subTest(value=value), self.assertRaises(ValueError):
                instant(value, "utc")

    def test_events(self):
        with Service() as service, Client(service.url) as client:
            for vector in VECTORS["predictions"]:
                client.log_prediction(**vector["logged"])
            for vector in VECTORS["labels"]:
                client.log_label(**vector["logged"])
            self.assertTrue(client.flush(10))
            expected = [vector["event"] for vector in VECTORS["predictions"] + VECTORS["labels"]]
            self.assertEqual(service.events, expected)


if __name__ == "__main__":
    unittest.main()
