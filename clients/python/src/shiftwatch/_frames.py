"""Rows of pandas and polars, without asking for either."""

import sys
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Sequence


class Rows:
    """A frame's columns by name, and its rows as dicts, as often as they are asked for.

    :raises ValueError: where two columns have one name
    """

    def __init__(self, columns: Sequence[str], rows: Callable[[], Iterator[Mapping[str, Any]]]) -> None:
        self.columns = list(columns)
        self._rows = rows
        twice = sorted({str(name) for name in self.columns if self.columns.count(name) > 1})
        if twice:
            raise ValueError(f"two columns are called {twice[0]!r}: which of them is meant?")

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        return self._rows()

    def expect(self, names: Sequence[str]) -> None:
        """:raises ValueError: naming a column that is not there"""
        for name in names:
            if name not in self.columns:
                raise ValueError(f"there is no column {name!r}; there are {', '.join(map(str, self.columns[:20]))}")


def kind_of(frame: Any) -> Optional[str]:
    """``pandas``, ``polars``, ``rows`` (a list of dicts), or None."""
    module = type(frame).__module__.split(".")[0]
    if module in ("pandas", "polars") and hasattr(frame, "columns"):
        return module
    if isinstance(frame, (list, tuple)) and all(isinstance(row, Mapping) for row in frame):
        return "rows"
    return None


def rows_of(frame: Any) -> Rows:
    """:raises TypeError: where it is no frame and no list of dicts"""
    kind = kind_of(frame)
    if kind == "polars":
        whole = frame.collect() if hasattr(frame, "collect") else frame
        return Rows(whole.columns, lambda: whole.iter_rows(named=True))
    if kind == "pandas":
        names = list(frame.columns)
        # By column: rows of a frame would turn whole numbers into floats beside them.
        columns = [frame.iloc[:, at].array for at in range(len(names))]
        return Rows(names, lambda: (dict(zip(names, row)) for row in zip(*columns)))
    if kind == "rows":
        names = list(dict.fromkeys(name for row in frame for name in row))
        return Rows(names, lambda: ({name: row.get(name) for name in names} for row in frame))
    raise TypeError(f"a {type(frame).__name__} is no frame of pandas or polars and no list of dicts")


def frame_of(rows: List[Dict[str, Any]], kind: Optional[str] = None) -> Any:
    """Rows as a frame: of ``kind``, else of what the program has loaded, else of what is installed, else as they are."""
    for name in (kind,) if kind else (*(n for n in ("pandas", "polars") if n in sys.modules), "pandas", "polars"):
        try:
            if name == "pandas":
                import pandas

                return pandas.DataFrame(rows)
            if name == "polars":
                import polars

                return polars.DataFrame(rows, infer_schema_length=None, strict=False)
        except ImportError:
            if kind:
                raise
    return rows
