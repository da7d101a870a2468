"""Compares two frames or files, by the program that is installed or by a service."""

import html
import io
import json
import os
import shlex
import shutil
import subprocess
import tempfile
import uuid
from typing import Any, BinaryIO, Dict, List, Mapping, Optional, Sequence

from ._frames import frame_of, kind_of
from ._rest import ApiError, Rest, ShiftFound
from ._values import plain
from ._verdicts import expect_verdicts, is_shift

# What `shiftwatch compare` answers with: nothing found, something found.
ANSWERS = (0, 3)
CONTENT_TYPES = {".parquet": "application/vnd.apache.parquet", ".jsonl": "application/x-ndjson", ".csv": "text/csv"}


class CompareError(Exception):
    """What could not be compared, and why, in the words of ``shiftwatch compare``."""


def compare(
    reference: Any,
    current: Any,
    *,
    url: Optional[str] = None,
    token: Optional[str] = None,
    timeout: float = 600.0,
    **options: Any,
) -> "Comparison":
    """Whether and how ``current`` has shifted from ``reference``.

    Each is a frame of pandas or polars, a list of dicts, a dict of columns, or the path of a file. Without ``url`` the
    installed ``shiftwatch compare`` does it: what ``SHIFTWATCH_COMMAND`` says, else ``shiftwatch`` on the PATH, else
    ``npx shiftwatch``. With it a service does, which needs a token with the scope ``operate``.

    :param options: those of ``shiftwatch compare``: ``label="churned"``, ``segments=["country"]``, ``window="1d"``, …
    :raises ValueError: where an option has no such value, or columns differ in length
    :raises CompareError: where the two cannot be compared
    :raises ApiError: where the service refuses, or is not there
    :raises FileNotFoundError: where a path is none, or no program is installed

    For example: ``compare(training, last_week, label="churned").verdict``
    """
    # Mistakes in options are found before anything is written.
    arguments = _arguments(options)
    kind = next((k for k in map(kind_of, (current, reference)) if k in ("pandas", "polars")), None)
    with tempfile.TemporaryDirectory(prefix="shiftwatch-") as folder:
        files = [_file_of(one, os.path.join(folder, name)) for one, name in ((reference, "reference"), (current, "current"))]
        said = (
            _run(files, arguments, timeout)
            if url is None
            else _ask(Rest(url, token or os.environ.get("SHIFTWATCH_TOKEN"), timeout, None), files, options)
        )
    return Comparison(said, kind)


def _file_of(data: Any, stem: str) -> str:
    """The path of a file with the rows: Parquet where somebody here writes it, else CSV; dicts are JSON lines."""
    if isinstance(data, (str, os.PathLike)):
        path = os.path.abspath(os.fspath(data))
        if not os.path.exists(path):
            raise FileNotFoundError(f"there is no file {path}")
        return path
    kind = kind_of(data)
    if kind == "polars":
        whole = data.collect() if hasattr(data, "collect") else data
        whole.write_parquet(stem + ".parquet")
        return stem + ".parquet"
    if kind == "pandas":
        if list(map(str, data.columns)) != list(data.columns):
            data = data.rename(columns=str)
        try:
            data.to_parquet(stem + ".parquet", index=False)
            return stem + ".parquet"
        except Exception:  # no writer is installed, or a column holds what Parquet cannot: each writer has its own errors
            data.to_csv(stem + ".csv", index=False)
            return stem + ".csv"
    if isinstance(data, Mapping):
        data, kind = _rows_of_columns(data), "rows"
    if kind == "rows":
        with open(stem + ".jsonl", "w", encoding="utf-8", errors="surrogatepass") as file:
            file.writelines(json.dumps(row, default=_written) + "\n" for row in data)
        return stem + ".jsonl"
    raise TypeError(f"a {type(data).__name__} cannot be compared; give a frame of pandas or polars, a list of dicts, a dict of columns, or a path")


def _rows_of_columns(columns: Mapping[Any, Any]) -> List[Dict[str, Any]]:
    """:raises ValueError: where columns differ in length, have one name, or one is none"""
    lengths: Dict[str, int] = {}
    for name, values in columns.items():
        if isinstance(values, (str, bytes, Mapping)) or not hasattr(values, "__len__"):
            raise ValueError(f"{name}: a {type(values).__name__} is no column; give a list of its values")
        if str(name) in lengths:
            raise ValueError(f"two columns are called {str(name)!r}: which of them is meant?")
        lengths[str(name)] = len(values)
    if len(set(lengths.values())) > 1:
        raise ValueError(f"columns differ in length: {lengths}")
    return [dict(zip(lengths, row)) for row in zip(*columns.values())]


def _written(value: Any) -> Any:
    """What JSON has no word for; numbers of numpy stay numbers."""
    try:
        return plain(value, "value")
    except ValueError:
        return str(value)


def _arguments(options: Mapping[str, Any]) -> List[str]:
    """Options as flags: ``positive_class="yes"`` is ``--positive-class yes``.

    :raises ValueError: where a value is none that a flag has
    """
    made: List[str] = []
    for name, value in options.items():
        flag = "--" + name.rstrip("_").replace("_", "-")
        if flag in ("--json", "--html", "--markdown"):
            raise ValueError(f"{name}: the result has what this would print")
        if value is None or value is False:
            if flag == "--multivariate" and value is False:
                made.append("--no-multivariate")
            continue
        if value is True:
            made.append(flag)
        elif isinstance(value, (list, tuple, set)):
            made.append(f"{flag}={','.join(map(str, value))}")
        elif isinstance(value, (str, int, float, os.PathLike)):
            made.append(f"{flag}={value}")
        else:
            raise ValueError(f"{name}: a {type(value).__name__} is no value of {flag}")
    return made


def command() -> List[str]:
    """How the installed program is called.

    :raises FileNotFoundError: with how to get it
    """
    said = os.environ.get("SHIFTWATCH_COMMAND")
    if said:
        return shlex.split(said, posix=os.name != "nt")
    found = shutil.which("shiftwatch")
    if found:
        return [found]
    npx = shutil.which("npx")
    if npx:
        return [npx, "--no-install", "shiftwatch"]
    raise FileNotFoundError(
        "shiftwatch is not installed here: `npm install -g shiftwatch` (it needs Node 22 or later), say in "
        "SHIFTWATCH_COMMAND how it is called, or give compare(url=…) a service"
    )


def _run(files: Sequence[str], arguments: Sequence[str], timeout: float) -> Dict[str, Any]:
    call = [*command(), "compare", *arguments, "--json", "--", *files]
    try:
        done = subprocess.run(call, capture_output=True, timeout=timeout, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        raise CompareError(f"shiftwatch compare took longer than {timeout:g} s; give timeout= more") from None
    if done.returncode not in ANSWERS:
        raise CompareError(_reason(done.stderr, done.returncode))
    try:
        return dict(json.loads(done.stdout))
    except ValueError:
        raise CompareError(f"`{shlex.join(call[:2])}` answered with no JSON: {done.stdout[:200]!r}") from None


def _reason(stderr: bytes, code: int) -> str:
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    errors = [line for line in lines if line.startswith("error:")] or lines[-3:]
    said = "\n".join(errors) or f"it ended with exit code {code}, and said nothing"
    if "could not determine executable" in said or "npx canceled" in said or "npm error" in said:
        return "shiftwatch is not installed here: `npm install -g shiftwatch`, or SHIFTWATCH_COMMAND says how it is called"
    return said[len("error: ") :] if said.startswith("error: ") else said


def _ask(rest: Rest, files: Sequence[str], options: Mapping[str, Any]) -> Dict[str, Any]:
    boundary = uuid.uuid4().hex
    with tempfile.TemporaryFile() as body:
        _part(body, boundary, 'name="options"', "application/json")
        body.write(json.dumps(dict(options), default=list).encode() + b"\r\n")
        for name, path in zip(("reference", "current"), files):
            ending = os.path.splitext(path)[1].lower()
            # The ending says how it is read; the name itself is nobody's business.
            shown = name + ("".join(os.path.splitext(os.path.splitext(path)[0])[1:]) + ending if ending == ".gz" else ending)
            kind = CONTENT_TYPES.get(ending, "application/octet-stream")
            _part(body, boundary, f'name="{name}"; filename="{shown}"', kind)
            with open(path, "rb") as file:
                shutil.copyfileobj(file, body, 1 << 20)
            body.write(b"\r\n")
        body.write(f"--{boundary}--\r\n".encode())
        length = body.tell()
        body.seek(0)
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Content-Length": str(length)}
        answer = rest.post("/api/v1/comparisons", body, headers)
    if answer.status == 422:
        try:
            rest.json(answer)
        except ApiError as error:
            raise CompareError(error.detail) from None
    return dict(rest.json(answer))


def _part(body: BinaryIO, boundary: str, disposition: str, kind: str) -> None:
    head = f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\nContent-Type: {kind}\r\n\r\n"
    body.write(head.encode())


class Comparison:
    """What ``shiftwatch compare`` found; a notebook shows it as a table."""

    def __init__(self, said: Dict[str, Any], kind: Optional[str] = None) -> None:
        self._said = said
        self._kind = kind
        windows = said.get("windows")
        # With windows the worst says what was found: the first that is a shift, else the last.
        whole = said if windows is None else _worst(windows)
        diagnosis = (whole or {}).get("diagnosis") or {}
        self.verdict: str = diagnosis.get("verdict", "undetermined")
        self.types: List[str] = list(diagnosis.get("types", []))
        self.confidence: float = float(diagnosis.get("confidence") or 0.0)
        self.advice: str = diagnosis.get("advice", "none")
        self.summary: str = diagnosis.get("summary", "Nothing was compared.")

    @property
    def measurements(self) -> List[Dict[str, Any]]:
        """A dict a feature (and window): name, kind, status, severity, q, shares that are missing, and each metric."""
        windows = self._said.get("windows")
        if windows is None:
            return [_measurement(feature) for feature in self._said.get("features", [])]
        return [
            {"window_start": window.get("start"), **_measurement(feature)}
            for window in windows
            for feature in window.get("features", [])
        ]

    def to_dict(self) -> Dict[str, Any]:
        """All of it, as ``shiftwatch compare --json`` prints it."""
        return self._said

    def to_frame(self) -> Any:
        """The measurements as a frame of the kind that was compared."""
        return frame_of(self.measurements, self._kind)

    def fail_on_shift(self, *on: str) -> "Comparison":
        """Raises where the verdict is one of those named, any shift or fault without; else returns itself.

        :raises ShiftFound: with the verdict and its summary
        :raises ValueError: where a word is no verdict
        """
        named = on or ("any",)
        expect_verdicts(named)
        if is_shift(self.verdict, self.types, named):
            raise ShiftFound(self.summary, [{"verdict": self.verdict, "types": self.types, "summary": self.summary}])
        return self

    def __repr__(self) -> str:
        return f"<Comparison {self.verdict} ({self.confidence:.0%}): {self.summary}>"

    def _repr_html_(self) -> str:
        """What a notebook shows; every text is escaped, and there is no script."""
        out = io.StringIO()
        out.write(f"<p><strong>{_escaped(self.verdict.replace('_', ' '))}</strong>")
        out.write(f" ({self.confidence:.0%} sure): {_escaped(self.summary)}</p><table><thead><tr>")
        names = ("name", "status", "psi", "q_value", "missing_reference", "missing_current")
        out.write("".join(f"<th>{_escaped(name.replace('_', ' '))}</th>" for name in names) + "</tr></thead><tbody>")
        rows = sorted(self.measurements, key=lambda row: -(row.get("psi") or 0))
        for row in rows[:50]:
            out.write("<tr>" + "".join(f"<td>{_escaped(_shown(row.get(name)))}</td>" for name in names) + "</tr>")
        out.write("</tbody></table>")
        if len(rows) > 50:
            out.write(f"<p>and {len(rows) - 50} more: .to_frame() has all of them</p>")
        return out.getvalue()


def _worst(windows: Sequence[Dict[str, Any]]) -> Optional[Dict[str, Any]]:
    shifted = [w for w in windows if is_shift((w.get("diagnosis") or {}).get("verdict", "undetermined"), (), ("any",))]
    return shifted[0] if shifted else windows[-1] if windows else None


def _measurement(feature: Mapping[str, Any]) -> Dict[str, Any]:
    rows, missing = feature.get("rows") or {}, feature.get("missing") or {}
    flat: Dict[str, Any] = {name: feature.get(name) for name in ("name", "kind", "status", "severity", "drifted", "p_value", "q_value")}
    for side in ("reference", "current"):
        count = rows.get(side)
        flat[f"rows_{side}"] = count
        flat[f"missing_{side}"] = missing.get(side, 0) / count if count else None
    for name, value in (feature.get("metrics") or {}).items():
        if isinstance(value, dict):
            flat[name] = value.get("statistic")
            flat[f"{name}_p_value"] = value.get("p_value")
        else:
            flat[name] = value
    return flat


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:.3g}" if isinstance(value, float) else str(value)


def _escaped(text: Any) -> str:
    return html.escape(str(text), quote=True)
