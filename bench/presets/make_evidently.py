"""Asks Evidently itself about every pair and writes test/vectors/preset_evidently.json.

    python -m venv v && v/bin/pip install evidently==0.7.23
    v/bin/python make_evidently.py DATASETS test/vectors/preset_evidently.json
"""

import sys
import warnings

import evidently
import numpy
import pandas as pd
import scipy
from evidently import DataDefinition, Dataset, Report
from evidently.legacy.calculations.stattests import get_stattest
from evidently.legacy.core import ColumnType
from evidently.presets import DataDriftPreset

import inputs

warnings.simplefilter("ignore")

NUMERIC = ["psi", "kl_div", "jensenshannon", "wasserstein", "hellinger", "ks", "t_test", "mannw", "anderson",
           "cramer_von_mises", "es", "ed"]
CATEGORICAL = ["psi", "kl_div", "jensenshannon", "hellinger", "chisquare", "z", "fisher_exact", "g_test"]
# Their cost grows with rows times rows, or as good as.
SLOW = {"cramer_von_mises": 2000, "anderson": 20000}


def judge(reference, current, kind, method):
    """What get_one_column_drift does with a column: drop what is not finite, choose the test, ask it."""
    before = reference.replace([float("inf"), -float("inf")], float("nan")).dropna()
    now = current.replace([float("inf"), -float("inf")], float("nan")).dropna()
    if before.empty or now.empty:
        return {"error": "an empty column"}
    column_type = ColumnType.Numerical if kind == "numeric" else ColumnType.Categorical
    try:
        test = get_stattest(before, now, column_type, method)
        result = test(before, now, column_type, None)
        score = float(result.drift_score)
        return {
            "method": test.name,
            "value": score if score == score and abs(score) != float("inf") else str(score),
            "drifted": bool(result.drifted),
            "threshold": result.actual_threshold,
        }
    except Exception as problem:  # noqa: BLE001, whatever the tool raises is its answer
        return {"error": f"{type(problem).__name__}: {problem}"[:160]}


def dataset_rule():
    """The share of drifted columns, as the whole tool reports it on car loan."""
    columns = ["car_value", "debt_to_income_ratio", "loan_length", "driver_tenure", "y_pred_proba",
               "salary_range", "repaid_loan_on_prev_car", "size_of_downpayment"]
    numeric = columns[:5]
    definition = DataDefinition(numerical_columns=numeric, categorical_columns=columns[5:])
    def part(file, start, end):
        frame = pd.DataFrame({name: inputs.car_loan(file, name, start, end) for name in columns})
        return Dataset.from_pandas(frame, data_definition=definition)
    answers = []
    for start, end in [(0, 25000), (25000, 50000)]:
        reference = part("reference.csv.gz", 0, 50000)
        run = Report([DataDriftPreset()], include_tests=True).run(part("monitoring.csv.gz", start, end), reference)
        result = run.dict()
        share = next(m for m in result["metrics"] if "DriftedColumnsCount" in str(m.get("metric_name", m.get("metric_id"))))
        test = next(t for t in result["tests"] if "Share" in t["name"])
        answers.append({"columns": columns, "start": start, "end": end, "count": share["value"]["count"],
                        "share": share["value"]["share"], "passed": str(test["status"]).endswith("SUCCESS")})
    return answers


datasets, target = sys.argv[1:]
cases = []
for pair in inputs.all_pairs(datasets):
    reference = inputs.series_of(inputs.values_of(pair["reference"]), pair["kind"])
    current = inputs.series_of(inputs.values_of(pair["current"]), pair["kind"])
    methods = pair.get("methods", NUMERIC if pair["kind"] == "numeric" else CATEGORICAL)
    answers = {"default": judge(reference, current, pair["kind"], None)}
    for method in methods:
        rows = max(len(reference), len(current))
        if method in NUMERIC + CATEGORICAL and rows <= SLOW.get(method, rows):
            answers[method] = judge(reference.copy(), current.copy(), pair["kind"], method)
    cases.append({"name": pair["name"], "answers": answers})

meta = {
    "tool": f"evidently {evidently.__version__}", "made_by": "bench/presets/make_evidently.py",
    "with": {"numpy": numpy.__version__, "scipy": scipy.__version__, "pandas": pd.__version__},
    "dataset_rule": dataset_rule(),
}
inputs.write(target, meta, cases)
