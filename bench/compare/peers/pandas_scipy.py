"""The same statistics by hand: KS, Wasserstein, PSI on the reference's deciles, chi-square."""

import sys

from report import Clock, read

clock = Clock()
import numpy
import pandas
import scipy
from scipy import stats

clock.stage("import")
reference, current = read(sys.argv[1]), read(sys.argv[2])
clock.stage("read")


def psi(before, now):
    edges = numpy.quantile(before, numpy.linspace(0, 1, 11)[1:-1])
    a = numpy.bincount(numpy.searchsorted(edges, before), minlength=10) + 0.5
    b = numpy.bincount(numpy.searchsorted(edges, now), minlength=10) + 0.5
    p, q = a / a.sum(), b / b.sum()
    return float(((q - p) * numpy.log(q / p)).sum())


drifted = 0
for name in reference.columns:
    before, now = reference[name].dropna(), current[name].dropna()
    if pandas.api.types.is_numeric_dtype(before):
        stats.ks_2samp(before, now, method="asymp")
        stats.wasserstein_distance(before, now)
        drifted += psi(before.to_numpy(), now.to_numpy()) >= 0.1
    else:
        counts = pandas.DataFrame({"a": before.value_counts(), "b": now.value_counts()}).fillna(0)
        drifted += stats.chi2_contingency(counts.T.to_numpy(), correction=False)[1] < 0.001
clock.stage("compare")
clock.finish({"pandas": pandas.__version__, "scipy": scipy.__version__}, int(drifted))
