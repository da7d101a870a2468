"""Asks NannyML for the figures of its credit-card data set and writes test/vectors/nannyml_multiclass.json.gz.

    python -m venv v && v/bin/pip install nannyml==0.13.1 statsmodels
    v/bin/python make_nannyml_multiclass.py test/vectors/nannyml_multiclass.json.gz
"""

import gzip
import json
import os
import sys
import warnings

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"

import nannyml  # noqa: E402
import pandas as pd  # noqa: E402

warnings.simplefilter("ignore")

CLASSES = ["prepaid_card", "highstreet_card", "upmarket_card"]
METRICS = ["roc_auc", "f1", "precision", "recall", "accuracy"]
CHUNK = 1500


def sharpened(rows):
    """As a model too sure of itself: whether to calibrate is then beyond doubt, and not decided by random folds."""
    columns = [f"y_pred_proba_{name}" for name in CLASSES]
    squares = rows[columns] ** 2
    parts = (100 * squares.div(squares.sum(axis=1), axis=0)).round().astype(int)
    first, second, third = columns
    parts[second] = parts[second].clip(upper=100 - parts[first])
    parts[third] = 100 - parts[first] - parts[second]
    return rows.assign(**(parts / 100))


def hundredths(rows):
    """One row after the other: the probabilities in hundredths, the places of prediction and label."""
    columns = [(100 * rows[f"y_pred_proba_{name}"]).round().astype(int) for name in CLASSES]
    columns += [rows[column].map(CLASSES.index) for column in ("y_pred", "y_true")]
    return pd.concat(columns, axis=1).to_numpy().flatten().tolist()


def table(results):
    """Metric -> the figure of each chunk."""
    frame = results.to_df()
    return {metric: frame[(metric, "value")].tolist() for metric in METRICS}


reference, analysis, targets = nannyml.load_synthetic_multiclass_classification_dataset()
analysis = analysis.merge(targets, on="id")
reference = sharpened(reference.iloc[:6000])
# Before and after its inputs shift.
current = sharpened(pd.concat([analysis.iloc[:3000], analysis.iloc[54000:57000]]).reset_index(drop=True))
names = {
    "y_pred_proba": {name: f"y_pred_proba_{name}" for name in CLASSES},
    "y_pred": "y_pred",
    "y_true": "y_true",
    "problem_type": "classification_multiclass",
    "metrics": METRICS,
    "chunk_size": CHUNK,
}
realised = nannyml.PerformanceCalculator(**names).fit(reference).calculate(current)
estimated = nannyml.CBPE(**names).fit(reference).estimate(current.drop(columns="y_true"))
found = {
    "peer": f"NannyML {nannyml.__version__}",
    "classes": CLASSES,
    "chunk": CHUNK,
    "reference": hundredths(reference),
    "current": hundredths(current),
    "realised": table(realised.filter(period="analysis")),
    "estimated": table(estimated.filter(period="analysis")),
}
with gzip.GzipFile(sys.argv[1], "wb", mtime=0) as file:
    file.write(json.dumps(found).encode())
