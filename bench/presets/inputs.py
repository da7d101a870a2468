"""The pairs of columns that every tool is asked about, and the few lines that draw the synthetic ones.

A side of a pair is a list of values, a part of a column of `examples/car-loan`, or the parameters of `draw`, whose
arithmetic gives the same doubles in any language: a test rebuilds the values from them.
"""

import gzip
import json
import os

import pandas as pd

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLES = os.path.join(HERE, "..", "..", "examples", "car-loan")
MODULUS = 2147483647
MULTIPLIER = 16807
LEVELS = ["red", "green", "blue", "white", "black"]


def draw(seed, n, shape, shift=0, scale=1, missing_every=0, outlier=None, levels=5):
    """Park and Miller's generator, four numbers to a bell, three to a skewed value, one to anything else."""
    state = seed

    def uniform():
        nonlocal state
        state = (state * MULTIPLIER) % MODULUS
        return state / MODULUS

    values = []
    for i in range(n):
        if shape == "bell":
            u = uniform() + uniform() + uniform() + uniform() - 2
        elif shape == "skewed":
            u = uniform() * uniform() * uniform()
        else:
            u = uniform()
        if shape == "integers":
            value = int(u * scale) + shift
        elif shape == "levels":
            value = LEVELS[min(levels - 1, int(u * u * levels))]
        else:
            value = u * scale + shift
        values.append(None if missing_every and i % missing_every == 0 else value)
    if outlier is not None:
        values[n // 2] = outlier
    return values


_tables = {}


def car_loan(file, column, start, end):
    if file not in _tables:
        _tables[file] = pd.read_csv(os.path.join(EXAMPLES, file))
    values = _tables[file][column].tolist()[start:end]
    return [str(value).lower() for value in values] if column == "repaid_loan_on_prev_car" else values


def values_of(side):
    if isinstance(side, list):
        return side
    if "file" in side:
        return car_loan(side["file"], side["column"], side["start"], side["end"])
    return draw(**side)


def series_of(values, kind):
    """As pandas reads such a column from a CSV file: whole numbers without a gap are integers."""
    if kind == "categorical":
        return pd.Series(values, dtype=object)
    numbers = [float("nan") if value is None else float(value) for value in values]
    if all(value == value and value.is_integer() for value in numbers if value not in (float("inf"), -float("inf"))):
        if all(value is not None and abs(value) < 2**53 for value in numbers):
            return pd.Series([int(value) for value in numbers], dtype="int64")
    return pd.Series(numbers, dtype="float64")


def car_loan_pairs():
    numeric = ["car_value", "debt_to_income_ratio", "loan_length", "driver_tenure", "y_pred_proba"]
    categorical = ["salary_range", "repaid_loan_on_prev_car", "size_of_downpayment"]
    parts = {
        "unmoved": ((0, 50000), (0, 25000)),
        "moved": ((0, 50000), (25000, 50000)),
        "small": ((0, 900), (25000, 25600)),
        "chunk": ((0, 50000), (30000, 35000)),
    }
    for name, ((a, b), (c, d)) in parts.items():
        for column in numeric + categorical:
            yield {
                "name": f"car_loan {column} {name}",
                "kind": "numeric" if column in numeric else "categorical",
                "reference": {"file": "reference.csv.gz", "column": column, "start": a, "end": b},
                "current": {"file": "monitoring.csv.gz", "column": column, "start": c, "end": d},
            }


def titanic_pairs(folder):
    reference = pd.read_csv(os.path.join(folder, "titanic_reference.csv"))
    current = pd.read_csv(os.path.join(folder, "titanic_analysis.csv"))
    clean = lambda values: [None if value != value else value for value in values]  # noqa: E731
    for column, kind in [
        ("Age", "numeric"),
        ("Fare", "numeric"),
        ("Pclass", "numeric"),
        ("SibSp", "numeric"),
        ("Sex", "categorical"),
        ("Embarked", "categorical"),
    ]:
        yield {
            "name": f"titanic {column}",
            "kind": kind,
            "reference": clean(reference[column].tolist()),
            "current": clean(current[column].tolist()),
        }


def wine_pairs(file):
    with gzip.open(file) as stream:
        wine = pd.read_csv(stream)
    for column in ["attribute_5", "attribute_10"]:
        sides = [wine[wine["class"] == kind][column].tolist() for kind in sorted(wine["class"].unique())]
        sides.sort(key=len, reverse=True)
        yield {"name": f"wine {column}", "kind": "numeric", "reference": sides[0], "current": sides[1]}


def synthetic_pairs():
    bell = lambda seed, n, **more: dict(seed=seed, n=n, shape="bell", **more)  # noqa: E731
    levels = lambda seed, n, **more: dict(seed=seed, n=n, shape="levels", **more)  # noqa: E731
    yield from [
        dict(name="bell, large, shifted", kind="numeric", reference=bell(1, 12000), current=bell(2, 5000, shift=0.15)),
        dict(name="bell, large, unmoved", kind="numeric", reference=bell(3, 12000), current=bell(4, 5000)),
        dict(name="bell, small, shifted", kind="numeric", reference=bell(5, 500), current=bell(6, 300, shift=0.1)),
        dict(name="bell, 1000 rows", kind="numeric", reference=bell(7, 1000), current=bell(8, 400, scale=1.3)),
        dict(name="bell, 1001 rows", kind="numeric", reference=bell(7, 1001), current=bell(8, 400, scale=1.3)),
        dict(name="bell, an outlier in the reference", kind="numeric",
             reference=bell(9, 12000, outlier=1e6), current=bell(10, 4000, shift=0.5)),
        dict(name="bell, an outlier now", kind="numeric",
             reference=bell(9, 12000), current=bell(10, 4000, outlier=-1e6)),
        dict(name="bell, beyond both ends", kind="numeric",
             reference=bell(11, 11000), current=bell(12, 900, scale=3)),
        dict(name="bell, half as wide", kind="numeric", reference=bell(13, 3000), current=bell(14, 3000, scale=0.5)),
        dict(name="bell, far from zero", kind="numeric",
             reference=bell(15, 3000, shift=1e9), current=bell(16, 2000, shift=1e9 + 1)),
        dict(name="bell, disjoint", kind="numeric", reference=bell(17, 2000), current=bell(18, 2000, shift=50)),
        dict(name="bell, gaps", kind="numeric",
             reference=bell(19, 2000, missing_every=5), current=bell(20, 800, missing_every=2)),
        dict(name="bell, identical", kind="numeric", reference=bell(21, 1500), current=bell(21, 1500)),
        dict(name="skewed", kind="numeric",
             reference=dict(seed=22, n=4000, shape="skewed"), current=dict(seed=23, n=1000, shape="skewed", scale=1.2)),
        dict(name="integers, 0 to 99", kind="numeric",
             reference=dict(seed=24, n=5000, shape="integers", scale=100),
             current=dict(seed=25, n=700, shape="integers", scale=90, shift=3)),
        dict(name="integers, 20 values", kind="numeric",
             reference=dict(seed=26, n=2000, shape="integers", scale=20),
             current=dict(seed=27, n=700, shape="integers", scale=25)),
        dict(name="integers, a million rows", kind="numeric", methods=["psi", "jensen_shannon", "jensenshannon"],
             reference=dict(seed=28, n=1100000, shape="integers", scale=22),
             current=dict(seed=29, n=20000, shape="integers", scale=22)),
        dict(name="integers, 5 values, small", kind="numeric",
             reference=dict(seed=30, n=400, shape="integers", scale=5),
             current=dict(seed=31, n=300, shape="integers", scale=4)),
        dict(name="integers, 2 values, small", kind="numeric",
             reference=dict(seed=32, n=400, shape="integers", scale=2), current=[0] * 90 + [1] * 60),
        dict(name="integers, 2 values, large", kind="numeric",
             reference=dict(seed=32, n=2400, shape="integers", scale=2), current=[0] * 90 + [1] * 60),
        dict(name="eight rows a side", kind="numeric",
             reference=[38.7, 41.5, 43.8, 44.5, 45.5, 46.0, 47.7, 58.0],
             current=[39.2, 39.3, 39.7, 41.4, 41.8, 42.9, 43.3, 45.8]),
        dict(name="one row a side", kind="numeric", reference=[1.5], current=[2.5]),
        dict(name="one constant", kind="numeric", reference=[3] * 40, current=[3] * 30),
        dict(name="two constants", kind="numeric", reference=[3] * 40, current=[4] * 30),
        dict(name="a constant that moves", kind="numeric", reference=[3.0] * 12000, current=bell(33, 500, shift=3)),
        dict(name="empty now", kind="numeric", reference=bell(34, 100), current=[None] * 20),
        dict(name="levels, small", kind="categorical", reference=levels(35, 600), current=levels(36, 500)),
        dict(name="levels, large", kind="categorical", reference=levels(37, 6000), current=levels(38, 1500, levels=4)),
        dict(name="levels, one row is new", kind="categorical",
             reference=["a"] * 600 + ["b"] * 300 + ["c"] * 100, current=["a"] * 60 + ["b"] * 30 + ["c"] * 9 + ["d"]),
        dict(name="levels, one is gone", kind="categorical",
             reference=["a"] * 600 + ["b"] * 300 + ["c"] * 100, current=["a"] * 60 + ["b"] * 40),
        dict(name="levels, two of equal size", kind="categorical",
             reference=["a"] * 60 + ["b"] * 40, current=["a"] * 45 + ["b"] * 55),
        dict(name="levels, three of equal size", kind="categorical",
             reference=["a"] * 5 + ["b"] * 5 + ["c"] * 8, current=["a"] * 4 + ["b"] * 6 + ["c"] * 8),
        dict(name="levels, disjoint", kind="categorical", reference=["a"] * 2000, current=["b"] * 500),
        dict(name="levels, gaps", kind="categorical",
             reference=levels(41, 900, missing_every=4), current=levels(42, 300, missing_every=2)),
        dict(name="levels, identical", kind="categorical", reference=levels(43, 1200), current=levels(43, 1200)),
        dict(name="levels, one constant", kind="categorical", reference=["a"] * 50, current=["a"] * 20),
    ]


def all_pairs(datasets):
    yield from synthetic_pairs()
    yield from car_loan_pairs()
    yield from titanic_pairs(os.path.join(datasets, "nannyml_titanic"))
    yield from wine_pairs(os.path.join(datasets, "wine_quality", "wine_feature_drift_normalised.csv.gz"))


def write(path, meta, cases):
    """One case a line, so that a change shows as one."""
    with open(path, "w") as out:
        out.write('{"meta": ' + json.dumps(meta) + ',\n"cases": [\n')
        out.write(",\n".join(json.dumps(case, separators=(",", ":")) for case in cases))
        out.write("\n]}\n")
