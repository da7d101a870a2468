"""Writes test/vectors/tail_grid.json: tails of the normal and the F law, each to the last digit of a double.

    python -m venv v && v/bin/pip install mpmath==1.4.1 gmpy2 scipy==1.17.1
    v/bin/python make_tail_grid.py test/vectors/tail_grid.json

F: the incomplete beta function summed as its series of positive terms (DLMF 8.17.8 by Gauss' hypergeometric function), for
the tail or for what is left of it, with 400 digits, so that what is left may be 1 - 1e-300. SciPy only says where to look,
and mpmath's own betainc must agree where it is able to answer.
"""

import json
import sys

import gmpy2
import mpmath
import scipy
from mpmath import mp, mpf
from scipy.special import fdtrc

mp.dps = 400
gmpy2.get_context().precision = 1400
SMALL = gmpy2.mpfr(10) ** -380

NORMAL = [-1e150, -1e8, -1e5, -12345.678, -1000, -300.3, -100, -38.6, -38, -30.03, -20, -12.3, -8.1, -5, -3.3, -2, -1.6,
          -1.5, -1.4999, -1, -0.3, -1e-3, -1e-10, 0, 1e-10, 0.1, 0.7, 1.2, 1.5, 2.5, 4, 6.5, 8.2, 9, 15, 30, 37.5]
DEGREES = [0.5, 1, 2, 30.5, 190, 1e3, 1e6, 2e8]
LEVELS = [0.999999, 0.9, 0.5, 0.05, 1e-3, 1e-10, 1e-40, 1e-150, 1e-300]


def series(a, b, x, most):
    """I_x(a, b), or None where it takes more terms than that."""
    term = total = gmpy2.mpfr(1)
    top, bottom, ratio = gmpy2.mpfr(str(a + b)), gmpy2.mpfr(str(a + 1)), gmpy2.mpfr(mp.nstr(x, 420))
    for j in range(most):
        term *= (top + j) * ratio / (bottom + j)
        total += term
        if term < total * SMALL:
            log = a * mp.log(x) + b * mp.log1p(-x) + mp.loggamma(a + b) - mp.loggamma(a + 1) - mp.loggamma(b)
            return mp.exp(log) * mpf(str(total))
    return None


def f_tail(x, d1, d2):
    a, b = mpf(d2) / 2, mpf(d1) / 2
    q = a / (a + b * mpf(x))
    p = None
    for most in (1_000, 30_000, 300_000, 3_000_000):
        p = series(a, b, q, most)
        if p is None:
            rest = series(b, a, 1 - q, most)
            p = None if rest is None else 1 - rest
        if p is not None:
            break
    if a + b < 500:
        assert abs(p / mp.betainc(a, b, 0, q, regularized=True) - 1) < mpf(10) ** -50
    return p


def near(level, d1, d2):
    """x with P(F > x) about `level`, of nine digits. By halving, as SciPy's own inverse gives up below 1e-16."""
    low, high = -250.0, 250.0
    for _ in range(200):
        middle = (low + high) / 2
        if fdtrc(d1, d2, 10**middle) > level:
            low = middle
        else:
            high = middle
    return float(f"{10**low:.9g}")


def normal(z):
    tail = mp.erfc(mpf(-z) / mp.sqrt(2)) / 2 if z > -1e6 else None
    # Far out by the first terms of the asymptotic series of Mills' ratio: the next one is below 1e-32 of it.
    log = mp.log(tail) if tail is not None else -mpf(z) ** 2 / 2 - mp.log(-z * mp.sqrt(2 * mp.pi)) + mp.log1p(-1 / mpf(z) ** 2)
    return tail, log


def main(target):
    logs = [[z, float(normal(z)[1])] for z in NORMAL]
    tails = [[-z, float(normal(z)[0])] for z in NORMAL if z >= -37.5]
    found = []
    for d1 in DEGREES:
        for d2 in DEGREES:
            seen = set()
            for level in LEVELS:
                x = near(level, d1, d2)
                if not 1e-250 < x < 1e250 or x in seen:
                    continue
                seen.add(x)
                p = float(f_tail(x, d1, d2))
                if 1e-305 < p < 1:
                    found.append([x, d1, d2, p])
            print(d1, d2, len(found), file=sys.stderr)
    meta = {
        "about": "normal and F tails, far out and for many degrees of freedom: [z, ln P(N <= z)], [z, P(N > z)], [x, d1, d2, P(F > x)]",
        "made_with": f"bench/vectors/make_tail_grid.py, mpmath {mpmath.__version__} (400 digits), SciPy {scipy.__version__}",
    }
    rows = {"normal_log_cdf": logs, "normal_survival": tails, "f_survival": found}
    with open(target, "w") as out:
        out.write('{\n  "meta": ' + json.dumps(meta))
        for name, list_ in rows.items():
            out.write(f',\n  "{name}": [\n    ' + ",\n    ".join(json.dumps(row) for row in list_) + "\n  ]")
        out.write("\n}\n")


main(sys.argv[1])
