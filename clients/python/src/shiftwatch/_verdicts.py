"""Which verdicts say that something shifted."""

from typing import Any, Dict, List, Sequence

# Nothing was found, or what was found is explained.
NO_SHIFT = ("none", "undetermined", "insufficient", "seasonal", "known_event", "expected")
SHIFTS = ("covariate_shift", "label_shift", "concept_drift", "data_fault", "mixed")


def expect_verdicts(on: Sequence[str]) -> None:
    """:raises ValueError: where a word is no verdict, with those there are"""
    for word in on:
        if word not in (*SHIFTS, "any"):
            raise ValueError(f"{word!r} is no verdict that can fail; there are any, {', '.join(SHIFTS)}")


def is_shift(verdict: str, types: Sequence[str], on: Sequence[str]) -> bool:
    """Whether a verdict is among ``on``; ``mixed`` is each of its types, too."""
    said = {verdict, *types} if verdict == "mixed" else {verdict}
    return verdict not in NO_SHIFT and ("any" in on or not said.isdisjoint(on))


def shifts_among(rows: Sequence[Dict[str, Any]], on: Sequence[str], newest: bool) -> List[Dict[str, Any]]:
    """Rows of ``/verdicts`` that say so; with ``newest`` of the last window of each series alone, and by labels where
    they have come."""
    expect_verdicts(on)
    if newest:
        last: Dict[Any, Dict[str, Any]] = {}
        for row in rows:
            key = (row["version"], row["segment"], row["size_ms"], row["size_rows"])
            held = last.get(key)
            rank = (row["start"], row["series"] == "matured")
            if held is None or rank > (held["start"], held["series"] == "matured"):
                last[key] = row
        rows = list(last.values())
    return [row for row in rows if row.get("expected") is None and is_shift(row["verdict"], row["types"], on)]
