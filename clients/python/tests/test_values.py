import datetime as dt
import decimal
import enum
import json
import unittest
import uuid

from service import Service
from shiftwatch import Client, in_holdout
from shiftwatch._values import moment, named_values, plain

try:
    import numpy as np
except ImportError:
    np = None
try:
    import pandas as pd
except ImportError:
    pd = None
try:
    import polars as pl
except ImportError:
    pl = None


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


class Values(unittest.TestCase):
    def test_python(self):
        for value, expected in (
            (None, None),
            (True, True),
            (3, 3),
            (2**60, 2**60),
            (1.5, 1.5),
            (float("nan"), None),
            (float("inf"), "Infinity"),
            (float("-inf"), "-Infinity"),
            ("é", "é"),
            (Colour.RED, "red"),
            (Level.HIGH, 3),
            (decimal.Decimal("1.50"), 1.5),
            (decimal.Decimal("7"), 7),
            (decimal.Decimal("NaN"), None),
            (dt.date(2026, 3, 1), "2026-03-01"),
            (dt.timedelta(minutes=2), 120.0),
            (uuid.UUID(int=5), "00000000-0000-0000-0000-000000000005"),
        ):
            with self.subTest(value=value):
                said = plain(value, "f")
                self.assertEqual(said, expected)
                self.assertIs(type(said), type(expected))
                json.dumps(said, allow_nan=False)

    def test_what_is_not_one_value_is_named(self):
        for value in ([1], {"a": 1}, b"bytes", object(), {1}, 1j):
            with self.subTest(value=value), self.assertRaisesRegex(ValueError, r"features\.x: "):
                named_values({"x": value}, "features")

    @unittest.skipIf(np is None, "needs numpy")
    def test_numpy(self):
        for value, expected in (
            (np.float64(1.5), 1.5),
            (np.float32(0.5), 0.5),
            (np.longdouble(0.5), 0.5),
            (np.int8(-3), -3),
            (np.uint64(2**64 - 1), 2**64 - 1),
            (np.bool_(True), True),
            (np.str_("a"), "a"),
            (np.float64("nan"), None),
            (np.array([2.5]), 2.5),
            (np.array(7), 7),
            (np.datetime64("2026-03-01T12:00:00.123456789"), "2026-03-01T12:00:00.123456"),
            (np.datetime64("NaT"), None),
        ):
            with self.subTest(value=value):
                said = plain(value, "f")
                self.assertEqual(said, expected)
                self.assertIs(type(said), type(expected))
        with self.assertRaisesRegex(ValueError, "f: a ndarray of 2"):
            plain(np.array([1, 2]), "f")

    @unittest.skipIf(pd is None, "needs pandas")
    def test_pandas(self):
        self.assertIsNone(plain(pd.NA, "f"))
        self.assertIsNone(plain(pd.NaT, "f"))
        self.assertEqual(plain(pd.Categorical(["a"])[0], "f"), "a")
        self.assertEqual(plain(pd.cut(pd.Series([1.0]), [0, 2])[0], "f"), "(0, 2]")
        self.assertEqual(moment(pd.Timestamp("2026-03-01T12:00", tz="Europe/Berlin"), None), "2026-03-01T11:00:00.000Z")
        row = pd.Series({"a": 1.0, "b": None, 3: "x"})
        self.assertEqual(named_values(row, "features"), {"a": 1.0, "b": None, "3": "x"})
        self.assertEqual(named_values(pd.DataFrame({"a": [1]}), "features"), {"a": 1})
        with self.assertRaisesRegex(ValueError, "frame of 2 rows"):
            named_values(pd.DataFrame({"a": [1, 2]}), "features")

    @unittest.skipIf(pl is None, "needs polars")
    def test_polars(self):
        frame = pl.DataFrame({"a": [1], "b": ["x"], "c": [None]})
        self.assertEqual(named_values(frame, "features"), {"a": 1, "b": "x", "c": None})
        self.assertEqual(named_values(frame.row(0, named=True), "features"), {"a": 1, "b": "x", "c": None})


class Events(unittest.TestCase):
    def setUp(self):
        self.client = Client("http://127.0.0.1:1")
        self.addCleanup(self.client.close, 0)

    def test_says_at_the_call_what_cannot_be(self):
        for field, event in (
            ("model", {"model": "", "prediction": 1}),
            ("model", {"model": None, "prediction": 1}),
            ("model", {"model": "x" * 257, "prediction": 1}),
            ("prediction", {"model": "m", "prediction": None}),
            ("prediction", {"model": "m", "prediction": float("nan")}),
            ("prediction", {"model": "m", "prediction": [1]}),
            ("prediction_id", {"model": "m", "prediction": 1, "prediction_id": ""}),
            ("prediction_id", {"model": "m", "prediction": 1, "prediction_id": 1.5}),
            ("prediction_id", {"model": "m", "prediction": 1, "prediction_id": "x" * 513}),
            ("timestamp", {"model": "m", "prediction": 1, "timestamp": "yesterday"}),
            ("timestamp", {"model": "m", "prediction": 1, "timestamp": dt.datetime(2026, 1, 1)}),
            ("timestamp", {"model": "m", "prediction": 1, "timestamp": float("nan")}),
            ("timestamp", {"model": "m", "prediction": 1, "timestamp": True}),
            ("timestamp", {"model": "m", "prediction": 1, "timestamp": dt.datetime(1, 1, 1, tzinfo=dt.timezone.utc)}),
            ("score", {"model": "m", "prediction": 1, "score": "high"}),
            ("features", {"model": "m", "prediction": 1, "features": [1, 2]}),
            ("probabilities.a", {"model": "m", "prediction": "a", "probabilities": {"a": "much"}}),
        ):
            with self.subTest(event=event), self.assertRaisesRegex(ValueError, f"^{field}: "):
                self.client.log_prediction(**event)
        with self.assertRaisesRegex(ValueError, "^label: "):
            self.client.log_label(model="m", prediction_id="a", label=None)
        with self.assertRaisesRegex(ValueError, "^source: "):
            self.client.log_label(model="m", prediction_id="a", label=1, source="me")
        self.assertEqual(self.client.counts()["logged"], 0)

    def test_ids_are_text_and_made_where_there_is_none(self):
        self.assertEqual(self.client.log_prediction(model="m", prediction=1, prediction_id=2**60), str(2**60))
        made = self.client.log_prediction(model="m", prediction=1)
        self.assertEqual(uuid.UUID(made).version, 4)

    def test_times(self):
        self.assertEqual(moment(dt.datetime(2026, 3, 1, 12, tzinfo=dt.timezone.utc), None), "2026-03-01T12:00:00.000Z")
        self.assertEqual(moment(dt.datetime(2026, 3, 1, 12), "utc"), "2026-03-01T12:00:00.000Z")
        self.assertEqual(moment(dt.date(2026, 3, 1), None), "2026-03-01T00:00:00.000Z")
        self.assertEqual(moment("2026-03-01T12:00:00Z", None), "2026-03-01T12:00:00Z")
        self.assertEqual(moment("20260301T120000Z", None), "20260301T120000Z")
        self.assertEqual(moment(1772366400, None), 1772366400)

    def test_a_model_that_failed_needs_no_prediction(self):
        with Service() as service, Client(service.url) as client:
            client.log_prediction(model="m", error="timeout", holdout=False, segment={"a": 1}, tags={"b": 2}, latency_ms=3)
            client.flush(10)
            (event,) = service.events
            self.assertNotIn("prediction", event)
            self.assertEqual((event["error"], event["holdout"], event["latency_ms"]), ("timeout", False, 3))
            self.assertEqual(event["tags"], {"a": 1, "b": 2})


class Frames(unittest.TestCase):
    def log(self, frame, **named):
        with Service() as service, Client(service.url) as client:
            ids = client.log_predictions(frame, model="m", **named)
            client.flush(10)
            self.assertEqual([event["prediction_id"] for event in service.events], ids)
            return service.events

    def test_rows(self):
        events = self.log([{"prediction": "a", "x": 1}, {"prediction": "b", "y": None}])
        self.assertEqual([event["features"] for event in events], [{"x": 1, "y": None}, {"x": None, "y": None}])

    @unittest.skipIf(pd is None, "needs pandas")
    def test_pandas_keeps_whole_numbers_whole(self):
        frame = pd.DataFrame({"id": [1, 2], "p": ["a", "b"], "n": [3, 4], "f": [0.5, None], "t": ["u", "v"]})
        events = self.log(frame, prediction="p", prediction_id="id", tags=["t"])
        self.assertEqual([event["prediction_id"] for event in events], ["1", "2"])
        self.assertEqual([event["features"] for event in events], [{"n": 3, "f": 0.5}, {"n": 4, "f": None}])
        self.assertIs(type(events[0]["features"]["n"]), int)
        self.assertEqual(events[1]["tags"], {"t": "v"})
        self.assertEqual(self.log(frame.iloc[:0], prediction="p"), [])

    @unittest.skipIf(pl is None, "needs polars")
    def test_polars(self):
        events = self.log(pl.DataFrame({"p": [True], "n": [3]}), prediction="p")
        self.assertEqual(events[0]["features"], {"n": 3})
        self.assertIs(events[0]["prediction"], True)

    def test_two_columns_of_one_name_are_refused(self):
        try:
            import pandas
        except ImportError:
            self.skipTest("needs pandas")
        frame = pandas.DataFrame([[1, 2, 1]], columns=["x", "x", "prediction"])
        with Client("http://127.0.0.1:1") as client:
            with self.assertRaisesRegex(ValueError, "two columns are called 'x'"):
                client.log_predictions(frame, model="m")
            self.assertEqual(client.counts()["logged"], 0)

    def test_a_mistake_logs_none_and_names_the_row(self):
        client = Client("http://127.0.0.1:1")
        self.addCleanup(client.close, 0)
        with self.assertRaisesRegex(ValueError, r"^row 1: prediction: "):
            client.log_predictions([{"prediction": 1}, {"prediction": None}], model="m")
        with self.assertRaisesRegex(ValueError, "there is no column 'q'"):
            client.log_predictions([{"prediction": 1}], model="m", features=["q"])
        self.assertEqual(client.counts()["logged"], 0)

    def test_labels_of_rows_that_have_one(self):
        with Service() as service, Client(service.url) as client:
            rows = [{"prediction_id": "a", "label": 1}, {"prediction_id": "b", "label": None}]
            self.assertEqual(client.log_labels(rows, model="m"), 1)
            client.flush(10)
            self.assertEqual([event["prediction_id"] for event in service.events], ["a"])


class Holdout(unittest.TestCase):
    def test_share_is_what_it_says(self):
        drawn = sum(in_holdout(f"id-{at}", 0.1, "salt") for at in range(20_000))
        self.assertAlmostEqual(drawn / 20_000, 0.1, delta=0.01)

    def test_half_a_pair_is_drawn_too(self):
        self.assertIn(in_holdout("\ud800"), (True, False))

    def test_share_is_checked(self):
        for share in (-0.1, 1.1, float("nan")):
            with self.assertRaises(ValueError):
                in_holdout("a", share)


if __name__ == "__main__":
    unittest.main()
