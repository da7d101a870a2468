"""Asks NannyML itself about every pair and writes test/vectors/preset_nannyml.json.

    python -m venv v && v/bin/pip install nannyml==0.13.1
    v/bin/python make_nannyml.py DATASETS test/vectors/preset_nannyml.json
"""

import os
import sys
import warnings

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"

import nannyml  # noqa: E402
import numpy  # noqa: E402
import pandas as pd  # noqa: E402
import scipy  # noqa: E402
from nannyml.chunk import DefaultChunker  # noqa: E402
from nannyml.drift.univariate.methods import FeatureType, MethodFactory  # noqa: E402
from nannyml.thresholds import StandardDeviationThreshold  # noqa: E402

import inputs  # noqa: E402

warnings.simplefilter("ignore")

NUMERIC = ["jensen_shannon", "kolmogorov_smirnov", "wasserstein", "hellinger"]
CATEGORICAL = ["jensen_shannon", "hellinger", "chi2", "l_infinity"]


def judge(reference, current, kind, key):
    """One method fitted on the reference in the default ten chunks, then asked about all current rows at once."""
    try:
        method = MethodFactory.create(
            key=key,
            feature_type=FeatureType.CONTINUOUS if kind == "numeric" else FeatureType.CATEGORICAL,
            chunker=DefaultChunker(),
            threshold=StandardDeviationThreshold(std_lower_multiplier=None),
            computation_params={},
        ).fit(reference.rename("x"))
        value = float(method.calculate(current.rename("x")))
        upper = method.upper_threshold_value
        return {
            "value": value if value == value else str(value),
            "threshold": None if upper is None else float(upper),
            "drifted": bool(method.alert(value)),
            **({"p_value": float(method._p_value)} if key == "chi2" else {}),
        }
    except Exception as problem:  # noqa: BLE001, whatever the tool raises is its answer
        return {"error": f"{type(problem).__name__}: {problem}"[:160]}


datasets, target = sys.argv[1:]
cases = []
for pair in inputs.all_pairs(datasets):
    reference = inputs.series_of(inputs.values_of(pair["reference"]), pair["kind"])
    current = inputs.series_of(inputs.values_of(pair["current"]), pair["kind"])
    methods = NUMERIC if pair["kind"] == "numeric" else CATEGORICAL
    wanted = [method for method in methods if method in pair.get("methods", methods)]
    cases.append({"name": pair["name"], "answers": {key: judge(reference, current, pair["kind"], key) for key in wanted}})

meta = {
    "tool": f"nannyml {nannyml.__version__}", "made_by": "bench/presets/make_nannyml.py",
    "with": {"numpy": numpy.__version__, "scipy": scipy.__version__, "pandas": pd.__version__},
}
inputs.write(target, meta, cases)
