"""Which verdicts say that something shifted."""

from typing import Any, Dict, List, Sequence

# Nothing was found, or what was found is explained.
NO_SHIFT = ("none", "undetermined", "insufficient", "seasonal", "known_event", "expected")
SHIFTS = ("covariate_shift", "label_shift", "concept_drift", "data_fault", "mixed")


def expect_verdicts(on: Sequence[str]) -> None:
    """:raises ValueError: where a word is no verdict, with those there are"""
    for word in on:
        if word not in (*SHIFTS, "undetermined", "any"):
            raise ValueError(f"{word!r} is no verdict that can fail; there are any, {', '.join(SHIFTS)}, undetermined")


def is_shift(verdict: str, types: Sequence[str], on: Sequence[str]) -> bool:
    """Whether a verdict is among ``on``; ``mixed`` is each of its types, too."""
    said = {verdict, *types} if verdict == "mixed" else {verdict}
    if verdict == "undetermined":
        return verdict in on
    return verdict not in NO_SHIFT and ("any" in on or not said.isdisjoint(on))


def newest_of_each(rows: Sequence[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """The last window that closed and the last one with labels, of each version, segment and size: labels come later,
    and what they show stands until they show something else. Of one window labels have the word."""
    last: Dict[Any, Dict[str, Any]] = {}
    for row in rows:
        key = (row["version"], row["segment"], row["size_ms"], row["size_rows"], row["series"])
        held = last.get(key)
        if held is None or row["start"] > held["start"]:
            last[key] = row
    by_labels = {(*key[:-1], row["start"]) for key, row in last.items() if key[-1] == "matured"}
    return [row for key, row in last.items() if key[-1] == "matured" or (*key[:-1], row["start"]) not in by_labels]


def shifts_among(rows: Sequence[Dict[str, Any]], on: Sequence[str]) -> List[Dict[str, Any]]:
    """Rows of ``/verdicts`` that say so."""
    return [row for row in rows if row.get("expected") is None and is_shift(row["verdict"], row["types"], on)]
