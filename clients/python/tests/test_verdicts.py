"""Which verdicts are asked for, and which of them fail."""

import contextlib
import datetime as dt
import io
import json
import os
import tempfile
import unittest

from shiftwatch import __main__ as program
from shiftwatch._compare import _file_of, _rows_of_columns
from shiftwatch._rest import Rest
from shiftwatch._values import instant, named_values
from shiftwatch import Client, ShiftFound
from shiftwatch._verdicts import expect_verdicts, newest_of_each, shifts_among

try:
    import numpy as np
except ImportError:
    np = None
try:
    import pandas as pd
except ImportError:
    pd = None


def row(series, start, verdict):
    types = ["concept_drift", "covariate_shift"] if verdict == "mixed" else []
    return {"version": "1", "segment": "", "size_ms": 3600000, "size_rows": None, "series": series,
            "start": start, "verdict": verdict, "types": types, "summary": ""}


class Newest(unittest.TestCase):
    def test_labels_come_later(self):
        labelled = row("matured", "2026-03-01T10:00:00Z", "mixed")
        closed = row("closed", "2026-03-01T12:00:00Z", "undetermined")
        newest = newest_of_each([closed, row("closed", "2026-03-01T10:00:00Z", "none"), labelled])
        self.assertEqual(newest, [closed, labelled])
        self.assertEqual(shifts_among(newest, ["any"]), [labelled])

    def test_of_one_window_labels_have_the_word(self):
        labelled = row("matured", "2026-03-01T12:00:00Z", "none")
        self.assertEqual(newest_of_each([row("closed", "2026-03-01T12:00:00Z", "covariate_shift"), labelled]), [labelled])

    def test_undetermined_fails_where_asked(self):
        rows = [row("closed", "2026-03-01T12:00:00Z", "undetermined")]
        self.assertEqual(shifts_among(rows, ["any"]), [])
        self.assertEqual(shifts_among(rows, ["any", "undetermined"]), rows)
        expect_verdicts(["undetermined"])
        self.assertRaises(ValueError, expect_verdicts, ["none"])


class Pages:
    """Lists of a service, as pages of it."""

    def __init__(self, rows):
        self.rows = rows
        self.read = 0

    def get(self, path):
        return {}

    def pages(self, path, query):
        for one in self.rows:
            if one["series"] == query.get("series", one["series"]):
                self.read += 1
                yield one


class NothingKnown(unittest.TestCase):
    def client(self, rows):
        client = Client("http://127.0.0.1:1")
        client._rest = Pages(rows)
        return client

    def test_no_verdict_is_no_all_clear(self):
        client = self.client([])
        for since in (None, "2026-03-01"):
            (untold,) = client.fail_on_shift(model="m", since=since)
            self.assertEqual((untold["verdict"], untold["start"]), ("undetermined", ""))
            with self.assertRaisesRegex(ShiftFound, "^m: undetermined: Nothing is known"):
                client.fail_on_shift(model="m", since=since, on=("any", "undetermined"))

    def test_what_labels_said_lies_behind_what_closed_since(self):
        closed = [row("closed", f"2026-03-01T12:{at // 60:02}:{at % 60:02}Z", "none") for at in range(3000, 0, -1)]
        client = self.client([*closed, row("matured", "2026-03-01T10:00:00Z", "mixed")])
        self.assertRaises(ShiftFound, client.fail_on_shift, model="m")
        self.assertLess(client._rest.read, 1_100)

    def test_reads_on_while_segments_come(self):
        rows = [{**row("closed", "2026-03-01T12:00:00Z", "none"), "segment": f"s{at}"} for at in range(1500)]
        client = self.client([*rows, {**row("closed", "2026-03-01T12:00:00Z", "data_fault"), "segment": "last"}])
        self.assertRaises(ShiftFound, client.fail_on_shift, model="m")

    def test_the_command_says_so(self):
        out, before = io.StringIO(), program.Client
        program.Client = lambda *_, **__: self.client([])
        try:
            with contextlib.redirect_stdout(out):
                self.assertEqual(program.main(["fail-on-shift", "--url", "http://x", "--model", "m"]), 0)
        finally:
            program.Client = before
        self.assertIn("m: nothing is known yet", out.getvalue())


class Asked(unittest.TestCase):
    def test_times_have_their_offset(self):
        for given, sent in [
            ("2026-03-01", "2026-03-01T00:00:00"),
            ("2026-03-01 12:00", "2026-03-01T12:00:00"),
            ("2026-03-01T12:00:00+02:00", "2026-03-01T10:00:00"),
            ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00"),
            (1772366400, "2026-03-01T12:00:00"),
            (1772366400123, "2026-03-01T12:00:00.123"),
            (dt.date(2026, 3, 1), "2026-03-01T00:00:00"),
            (dt.datetime(2026, 3, 1, 12), "2026-03-01T12:00:00"),
        ]:
            got = instant(given, "utc")
            self.assertTrue(got.endswith("Z") or got.endswith("+00:00"), got)
            self.assertTrue(got.startswith(sent), (given, got))

    def test_mistakes(self):
        self.assertRaises(ValueError, Rest, 5, None, 1.0, None)
        self.assertRaises(ValueError, named_values, {1: 2, "1": 3}, "features")
        self.assertEqual(_rows_of_columns({"a": [1, 2], "b": ["x", "y"]}), [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}])
        for columns in ({"a": [1], "b": []}, {"a": "xy"}, {"a": 1}, {1: [1], "1": [2]}):
            self.assertRaises(ValueError, _rows_of_columns, columns)

    @unittest.skipIf(np is None, "needs numpy")
    def test_columns_of_numpy_stay_numbers(self):
        columns = {"n": np.array([1, 2]), "b": np.array([True, False]), "t": np.array(["x", "y"])}
        with tempfile.TemporaryDirectory() as folder:
            with open(_file_of(columns, os.path.join(folder, "rows")), encoding="utf-8") as file:
                rows = [json.loads(line) for line in file]
        self.assertEqual(rows, [{"n": 1, "b": True, "t": "x"}, {"n": 2, "b": False, "t": "y"}])

    @unittest.skipIf(pd is None, "needs pandas")
    def test_times_of_pandas_and_numpy(self):
        for given in (pd.Timestamp("2026-03-01T12:00"), pd.Timestamp("2026-03-01T13:00", tz="Europe/Berlin"),
                      np.datetime64("2026-03-01T12:00:00.000000001")):
            self.assertEqual(instant(given, "utc"), "2026-03-01T12:00:00.000Z")
        self.assertRaises(ValueError, instant, pd.NaT, "utc")

    def test_usage_is_no_shift(self):
        for arguments in ([], ["fail-on-shift", "--url", "http://127.0.0.1:1"]):
            with contextlib.redirect_stderr(io.StringIO()), self.assertRaises(SystemExit) as ended:
                program.main(arguments)
            self.assertEqual(ended.exception.code, program.FAILED)


if __name__ == "__main__":
    unittest.main()
