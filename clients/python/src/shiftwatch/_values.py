"""From what Python, numpy, pandas and polars hold to what an event may hold."""

import datetime as dt
import decimal
import enum
import math
import re
import uuid
from typing import Any, Iterable, Mapping, Optional, Union

Plain = Union[str, int, float, bool, None]

LONGEST_ID = 512
LONGEST_NAME = 256
A_NAME = f"text of 1 to {LONGEST_NAME} characters, none of them a control character"
CONTROL = re.compile("[\0-\x1f\x7f-\x9f]")
# What is blank elsewhere, beside what str.strip knows.
BLANK = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"


def plain(value: Any, field: str) -> Plain:
    """One value as an event holds it; what is missing, in anybody's way of saying so, is None.

    :raises ValueError: naming the field, where it is a list, a mapping, bytes or an object nobody knows
    """
    # Ordered by what is met most; a bool is an int, and an Enum may be either.
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, enum.Enum):
        return plain(value.value, field)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return _number(float(value))
    # pandas' NA and NaT, whichever pandas they are of; NaT says that it is a datetime.
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, decimal.Decimal):
        return int(value) if value.is_finite() and value == value.to_integral_value() else _number(float(value))
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, (dt.date, dt.time, uuid.UUID)):
        return str(value) if isinstance(value, uuid.UUID) else value.isoformat()
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    if type(value).__name__ in ("Interval", "Period"):  # pandas' own, as in pd.cut
        return str(value)
    inner = _unwrapped(value, field)
    # numpy's long double is its own item.
    return plain(float(inner) if type(inner) is type(value) else inner, field)


def _unwrapped(value: Any, field: str) -> Any:
    """What a numpy scalar, or an array, a Series or a tensor of one value, holds."""
    module = type(value).__module__.split(".")[0]
    if type(value).__name__ == "datetime64" and module == "numpy":
        # Its own item() is a bare number where it counts nanoseconds.
        return value.astype("datetime64[us]").item()
    if type(value).__name__ == "timedelta64" and module == "numpy":
        return value.astype("timedelta64[us]").item()
    item = getattr(value, "item", None)
    size = getattr(value, "size", None)
    if callable(size):
        size = None
    if size is None:
        length = getattr(value, "__len__", None)
        try:
            size = 1 if length is None else length()
        except TypeError:
            size = 1
    if callable(item) and size == 1:
        try:
            return item()
        except (TypeError, ValueError):
            pass
    kind = type(value).__name__
    more = f" of {size}" if callable(item) else ""
    raise ValueError(f"{field}: a {kind}{more} is not one value; log a number, text, a boolean or None")


def _number(value: float) -> Plain:
    if math.isnan(value):
        return None
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def named_values(values: Any, field: str) -> "dict[str, Plain]":
    """A dict, a pandas Series, or one row of a frame, as names and plain values."""
    named: "dict[str, Plain]" = {}
    for name, value in _items(values, field):
        if str(name) in named:
            raise ValueError(f"{field}: two of the name {str(name)!r}")
        named[str(name)] = plain(value, f"{field}.{name}")
    return named


def _items(values: Any, field: str) -> Iterable["tuple[Any, Any]"]:
    if isinstance(values, Mapping):
        return values.items()
    if hasattr(values, "_asdict"):  # a named tuple
        return values._asdict().items()
    if hasattr(values, "columns"):  # a frame
        rows = values.shape[0]
        if rows != 1:
            raise ValueError(f"{field}: a frame of {rows} rows is not one row; log_predictions logs all of them")
        if hasattr(values, "iloc"):
            return [(name, values[name].iloc[0]) for name in values.columns]
        return values.row(0, named=True).items()
    if hasattr(values, "to_dict") and hasattr(values, "index"):  # a Series of pandas
        return values.to_dict().items()
    raise ValueError(f"{field}: a {type(values).__name__} has no names; give a dict of name to value")


def model_name(value: Any) -> str:
    if not _is_name(value):
        raise ValueError(f"model: {value!r} is no name of a model ({A_NAME})")
    return value


def _is_name(value: Any) -> bool:
    """What the service takes as a name: it stands in keys, log lines and subjects of mails."""
    if not isinstance(value, str) or CONTROL.search(value) or value.strip(BLANK) == "":
        return False
    return 0 < _units(value) <= LONGEST_NAME


def _units(text: str) -> int:
    """Characters as the service counts them, in units of UTF-16; 0 for text that cannot be sent."""
    try:
        return len(text.encode("utf-16-le")) // 2
    except UnicodeEncodeError:
        return 0


def event_id(value: Any, field: str = "prediction_id") -> str:
    """Ids are text: a number would lose digits on its way."""
    one = plain(value, field)
    if isinstance(one, int) and not isinstance(one, bool):
        one = str(one)
    if not isinstance(one, str) or "\0" in one or not 0 < _units(one) <= LONGEST_ID:
        raise ValueError(f"{field}: {value!r} is no id (text of 1 to {LONGEST_ID} characters, or a whole number)")
    return one


def version_name(value: Any) -> Union[str, int, float]:
    one = plain(value, "version")
    if not _is_name(one) and (isinstance(one, (bool, str)) or one is None):
        raise ValueError(f"version: {value!r} is no version ({A_NAME}, or a number)")
    return one


def outcome(value: Any, field: str) -> Union[str, int, float, bool]:
    """A class or an amount: what a prediction or a label says."""
    one = plain(value, field)
    if one is None or one in ("Infinity", "-Infinity") and not isinstance(value, str):
        raise ValueError(f"{field}: {value!r} is no class and no amount")
    if isinstance(one, str) and one.strip() == "":
        raise ValueError(f"{field}: an empty text is no class")
    return one


def figure(value: Any, field: str) -> Optional[float]:
    """A number, or None where there is none."""
    one = plain(value, field)
    if one is None:
        return None
    if isinstance(one, (str, bool)):
        raise ValueError(f"{field}: {value!r} is no number")
    return one


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
_END = dt.datetime(2200, 1, 1, tzinfo=dt.timezone.utc)
_ISO = re.compile(
    r"^(?P<year>\d{4})-?(?P<month>\d{2})-?(?P<day>\d{2})"
    r"([T ](?P<hour>\d{2})(:?(?P<minute>\d{2})(:?(?P<second>\d{2})([.,](?P<fraction>\d+))?)?)?"
    r"\s*(?P<zone>Z|z|[+-]\d{2}(:?\d{2})?)?)?$"
)
# What the service reads of it in an event: either form whole. Of the rest it makes a dead letter, long after the call.
_IN_EVENTS = re.compile(
    r"^(\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,18})?)?\s?(Z|z|[+-]\d{2}(:?\d{2})?)?)?"
    r"|\d{8}(T\d{4}(\d{2}([.,]\d{1,18})?)?(Z|z|[+-]\d{2}(:?\d{2})?)?)?)$"
)


def moment(value: Any, naive: Optional[str]) -> Union[str, int, float]:
    """A time as an event holds it.

    :param naive: what a datetime without a zone is of: "utc", "local", or None, which refuses it
    :raises ValueError: where it is none, or lies before 1970 or after 2200
    """
    if type(value).__name__ == "datetime64":
        value = _unwrapped(value, "timestamp")
    if isinstance(value, dt.datetime) and type(value).__name__ != "NaTType":
        return iso(_aware(value, naive))
    if isinstance(value, dt.date) and type(value).__name__ != "NaTType":
        return iso(dt.datetime(value.year, value.month, value.day, tzinfo=dt.timezone.utc))
    one = plain(value, "timestamp")
    if isinstance(one, str) and _IN_EVENTS.match(one.strip()) and _read(one.strip()) is not None:
        return one.strip()
    if isinstance(one, (int, float)) and not isinstance(one, bool) and 0 < one < 1e20:
        if _seconds(one) < _END.timestamp():
            return one
    raise ValueError(
        f"timestamp: {value!r} is no time from 1970 to 2200 (a datetime, '2026-03-01T12:00:00Z', or seconds since 1970)"
    )


def _aware(value: dt.datetime, naive: Optional[str]) -> dt.datetime:
    if value.tzinfo is None or value.utcoffset() is None:
        if naive == "utc":
            value = value.replace(tzinfo=dt.timezone.utc)
        elif naive == "local":
            value = value.replace(tzinfo=None).astimezone()
        else:
            raise ValueError(
                f"timestamp: {value} has no time zone; give it one, or say Client(naive='utc') or naive='local'"
            )
    if not _EPOCH <= value < _END:
        raise ValueError(f"timestamp: {value} lies before 1970 or after 2200")
    return value


def iso(value: dt.datetime) -> str:
    """In UTC, with milliseconds."""
    at = value.astimezone(dt.timezone.utc)
    return f"{at.year:04}-{at:%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


def now() -> str:
    return iso(dt.datetime.now(dt.timezone.utc))


_EPOCHS = ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (1e20, 1e9))
_NUMBER = re.compile(r"^\d{9,20}(\.\d+)?$")


def instant(value: Any, naive: str) -> str:
    """A time as the service is asked for it: ISO 8601 with its offset. Text without a zone is UTC, as in events.

    :param naive: what a datetime without a zone is of
    :raises ValueError: where it is none
    """
    text = value.strip() if isinstance(value, str) else ""
    if _ISO.match(text):
        read = _read(text)
        if read is None:
            raise ValueError(f"{value!r} is no time from 1970 to 2200, such as '2026-03-01T12:00:00Z'")
        return iso(read)
    one = moment(float(text) if _NUMBER.match(text) else value, naive)
    if isinstance(one, (int, float)):
        return iso(dt.datetime.fromtimestamp(_seconds(one), dt.timezone.utc))
    read = _read(one)
    assert read is not None  # moment has looked
    return iso(read)


def _seconds(one: Union[int, float]) -> float:
    """Of seconds, milliseconds, microseconds or nanoseconds, told by their size as in events."""
    return one / next(scale for below, scale in _EPOCHS if one < below)


def _read(text: str) -> Optional[dt.datetime]:
    """None: there is no such day, hour or offset, or it lies before 1970 or after 2200."""
    parts = _ISO.match(text)
    if parts is None:
        return None
    try:
        return _aware(_datetime_of(parts.groupdict("")), "utc")
    except (ValueError, OverflowError):
        return None


def _datetime_of(parts: Mapping[str, str]) -> dt.datetime:
    """Spelt out: before Python 3.11 fromisoformat reads little else."""
    date = f"{parts['year']}-{parts['month']}-{parts['day']}"
    is_leap = parts["second"] == "60"  # the first second of the next minute
    time = f"{parts['hour'] or '00'}:{parts['minute'] or '00'}:{'59' if is_leap else parts['second'] or '00'}"
    zone = parts["zone"].upper().replace(":", "")
    offset = "" if zone == "" else "+00:00" if zone == "Z" else f"{zone[:3]}:{zone[3:] or '00'}"
    read = dt.datetime.fromisoformat(f"{date}T{time}.{parts['fraction'][:6].ljust(6, '0')}{offset}")
    return read + dt.timedelta(seconds=1) if is_leap else read
