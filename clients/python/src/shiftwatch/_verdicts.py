"""Which verdicts say that something shifted."""

from typing import Any, Dict, Iterable, List, Sequence

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


# Without a period, a list is read until so many rows in a row were of windows whose newer ones had come.
ENOUGH_OLDER = 1_000


def until_newest_came(rows: Iterable[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """Rows, newest first, until what is newest of each version, segment and size is among them."""
    taken: List[Dict[str, Any]] = []
    seen = set()
    older = 0
    for row in rows:
        taken.append(row)
        key = _series_of(row)
        older = older + 1 if key in seen else 0
        seen.add(key)
        if older >= ENOUGH_OLDER:
            break
    return taken


def nothing_known(model: str) -> Dict[str, Any]:
    """Of a model that nothing was said of yet: no all-clear, and asked for as ``undetermined`` is."""
    return {
        "model": model, "version": "", "segment": "", "series": "closed", "start": "", "size_ms": None, "size_rows": None,
        "verdict": "undetermined", "types": [], "summary": "Nothing is known: no window was judged.",
    }


def _series_of(row: Dict[str, Any]) -> Any:
    return (row["version"], row["segment"], row["size_ms"], row["size_rows"], row["series"])


def newest_of_each(rows: Sequence[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """The last window that closed and the last one with labels, of each version, segment and size: labels come later,
    and what they show stands until they show something else. Of one window labels have the word."""
    last: Dict[Any, Dict[str, Any]] = {}
    for row in rows:
        key = _series_of(row)
        held = last.get(key)
        if held is None or row["start"] > held["start"]:
            last[key] = row
    by_labels = {(*key[:-1], row["start"]) for key, row in last.items() if key[-1] == "matured"}
    return [row for key, row in last.items() if key[-1] == "matured" or (*key[:-1], row["start"]) not in by_labels]


def shifts_among(rows: Sequence[Dict[str, Any]], on: Sequence[str]) -> List[Dict[str, Any]]:
    """Rows of ``/verdicts`` that say so."""
    return [row for row in rows if row.get("expected") is None and is_shift(row["verdict"], row["types"], on)]
