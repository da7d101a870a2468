"""What Azure, TFDV and Deequ would say of every pair, re-derived with NumPy and SciPy from their published source.

None of the three runs here (a Spark service, a package without wheels for the Python at hand, a JVM library): this is
a second reading of their code, not their output.

    v/bin/python make_rederived.py DATASETS test/vectors/preset_rederived.json
"""

import math
import sys
import warnings

import numpy as np
import scipy
from scipy.spatial.distance import jensenshannon
from scipy.stats import chi2, chisquare, ks_2samp, wasserstein_distance

import inputs

warnings.simplefilter("ignore")


def count(values):
    found = {}
    for value in values:
        if value is not None:
            found[value] = found.get(value, 0) + 1
    return found


def aligned(before, now):
    a, b = count(before), count(now)
    keys = sorted(set(a) | set(b))
    return keys, np.array([a.get(k, 0) for k in keys], float), np.array([b.get(k, 0) for k in keys], float)


def azure_psi(a, b, n, m):
    p, q = (a + 1) / (n + len(a)), (b + 1) / (m + len(b))
    return float(np.sum((q - p) * np.log(q / p)))


def azure_numeric(x, y):
    n, m = len(x), len(y)
    answers = {"normalized_wasserstein_distance": wasserstein_distance(x, y) / max(np.std(x, ddof=1), 0.001) if n > 1 else None}
    if n < 10000 and m < 10000:
        answers["two_sample_kolmogorov_smirnov_test"] = ks_2samp(x, y).pvalue
    else:
        answers["two_sample_kolmogorov_smirnov_test"] = None
    low, high = min(x.min(), y.min()), max(x.max(), y.max())
    if low == high:
        if low <= 0:
            return {**answers, "population_stability_index": None, "jensen_shannon_distance": None}
        a, b = np.array([n], float), np.array([m], float)
    else:
        bins = math.ceil(math.log2(min(n, m)) + 1)
        width = (high - low) / bins
        edges = np.array([low] + [low + i * width for i in range(1, bins + 1)])
        a, b = np.histogram(x, edges)[0].astype(float), np.histogram(y, edges)[0].astype(float)
    answers["population_stability_index"] = azure_psi(a, b, n, m)
    answers["jensen_shannon_distance"] = float(jensenshannon(a / n, b / m, base=2))
    return answers


def azure_categorical(before, now):
    keys, a, b = aligned(before, now)
    n, m = a.sum(), b.sum()
    return {
        "jensen_shannon_distance": float(jensenshannon(a / n, b / m, base=2)),
        "population_stability_index": azure_psi(a, b, n, m),
        "pearsons_chi_squared_test": float(chisquare(b, a / n * m).pvalue) if len(keys) > 1 else None,
    }


def divergence(p, q):
    p, q = p / p.sum(), q / q.sum()
    m = (p + q) / 2
    term = lambda u: float(np.sum(u[u > 0] * np.log2(u[u > 0] / m[u > 0])))  # noqa: E731
    return min(1.0, (term(p) + term(q)) / 2)


def tfdv_numeric(x, y):
    def mass(values, low, high):
        """Of a side's own ten buckets, spread evenly, what lies between low and high."""
        edges = np.linspace(values.min(), values.max(), 11)
        rows = np.histogram(values, edges)[0]
        overlap = np.clip(np.minimum(high, edges[1:]) - np.maximum(low, edges[:-1]), 0, None) / np.diff(edges)
        return float(np.sum(rows * overlap))
    wide = [side for side in (x, y) if side.min() < side.max()]
    edges = np.unique(np.concatenate([np.linspace(s.min(), s.max(), 11) for s in wide])) if wide else np.array([])
    points = sorted({side.min() for side in (x, y) if side.min() == side.max()})
    cells = []
    for side in (x, y):
        if side.min() < side.max():
            cells.append([mass(side, a, b) for a, b in zip(edges[:-1], edges[1:])] + [0.0] * len(points))
        else:
            cells.append([0.0] * max(0, len(edges) - 1) + [float(len(side)) if side.min() == p else 0.0 for p in points])
    return {"jensen_shannon_divergence": divergence(np.array(cells[0]), np.array(cells[1]))}


def tfdv_categorical(before, now):
    _, a, b = aligned(before, now)
    return {
        "jensen_shannon_divergence": divergence(a, b),
        "infinity_norm": float(np.max(np.abs(a / a.sum() - b / b.sum()))),
        "normalized_abs_difference": float(np.max(np.abs(a - b)) / (a.sum() + b.sum())),
    }


def deequ(gap, n, m):
    return {"linf_simple": gap, "linf_robust": max(0.0, gap - 1.8 * math.sqrt((n + m) / (n * m)))}


def deequ_chi_square(before, now):
    expected, observed = count(before), count(now)
    total = sum(expected.values())
    known = sum(rows for key, rows in observed.items() if key in expected)
    expected = {key: rows / total * known for key, rows in expected.items()}
    while len(expected) >= 2:
        least, allowed = (10, 0) if len(expected) == 2 else (5, int(0.2 * len(expected)))
        if sum(1 for rows in expected.values() if rows < least) <= allowed:
            break
        smallest = min(expected, key=expected.get)
        rows, seen = expected.pop(smallest), observed.pop(smallest, 0)
        second = min(expected, key=expected.get)
        expected[second] += rows
        observed[second] = observed.get(second, 0) + seen
    if len(expected) < 2:
        return None
    statistic = sum((observed.get(key, 0) - rows) ** 2 / rows for key, rows in expected.items())
    return float(chi2.sf(statistic, len(expected) - 1))


datasets, target = sys.argv[1:]
cases = []
for pair in inputs.all_pairs(datasets):
    before, now = inputs.values_of(pair["reference"]), inputs.values_of(pair["current"])
    if pair["kind"] == "numeric":
        x = np.array([value for value in before if value is not None], float)
        y = np.array([value for value in now if value is not None], float)
        if len(x) == 0 or len(y) == 0:
            continue
        answers = {
            "azure": azure_numeric(x, y),
            "tfdv": tfdv_numeric(x, y),
            "deequ": deequ(float(ks_2samp(x, y, method="asymp").statistic), len(x), len(y)),
        }
    else:
        _, a, b = aligned(before, now)
        gap = float(np.max(np.abs(a / a.sum() - b / b.sum())))
        answers = {
            "azure": azure_categorical(before, now),
            "tfdv": tfdv_categorical(before, now),
            "deequ": {**deequ(gap, a.sum(), b.sum()), "chisquare": deequ_chi_square(before, now)},
        }
    cases.append({"name": pair["name"], "answers": answers})

meta = {
    "tool": "re-derived from source", "made_by": "bench/presets/make_rederived.py",
    "sources": {
        "azure": "Azure/azureml-assets@9d199b02 numerical_data_drift_metrics.py, @a1f46050 categorical_data_drift_metrics.py",
        "tfdv": "tensorflow/data-validation@036a8800 anomalies/metrics.cc",
        "deequ": "awslabs/deequ@06df3148 analyzers/Distance.scala",
    },
    "with": {"numpy": np.__version__, "scipy": scipy.__version__},
}
inputs.write(target, meta, cases)
