"""Events as the log format has them, out of what Python programs hold."""

import json
import uuid
from typing import Any, Dict, Mapping, Optional

from . import _values as values

Event = Dict[str, Any]


def prediction_event(
    *,
    naive: Optional[str],
    model: Any,
    prediction: Any,
    version: Any = None,
    features: Any = None,
    prediction_id: Any = None,
    score: Any = None,
    probabilities: Any = None,
    timestamp: Any = None,
    tags: Any = None,
    holdout: Optional[bool] = None,
    error: Optional[str] = None,
    fields: Mapping[str, Any],
) -> Event:
    """A prediction; what is not known is not written.

    :raises ValueError: naming the field that cannot be
    """
    expect_names(fields)
    made: Event = {"type": "prediction"}
    made["prediction_id"] = str(uuid.uuid4()) if prediction_id is None else values.event_id(prediction_id)
    made["model"] = values.model_name(model)
    if version is not None:
        made["model_version"] = values.version_name(version)
    made["timestamp"] = values.now() if timestamp is None else values.moment(timestamp, naive)
    if features is not None:
        made["features"] = values.named_values(features, "features")
    if tags:
        made["tags"] = values.named_values(tags, "tags")
    # A model that failed has an error, and one that is watched by its inputs alone has features.
    if prediction is not None or (error is None and features is None):
        made["prediction"] = values.outcome(prediction, "prediction")
    if probabilities is not None:
        named = values.named_values(probabilities, "probabilities")
        made["probabilities"] = {name: values.figure(one, f"probabilities.{name}") for name, one in named.items()}
    for name, value in {"score": score, **fields}.items():
        known = values.figure(value, name) if name in FIGURES else values.plain(value, name)
        if known is not None:
            made.setdefault(name, known)
    if holdout is not None:
        made["holdout"] = bool(holdout)
    if error is not None:
        made["error"] = str(error)
    return made


FIELDS = (
    "model", "prediction", "version", "features", "prediction_id", "score", "probabilities", "timestamp", "tags",
    "segment", "holdout", "error", "latency_ms", "cost", "energy_j", "model_version",
)


# A field of the log that is to come, and no slip of another.
RESERVED = ("mode",)


def expect_names(fields: Mapping[str, Any]) -> None:
    """Refuses a field whose name is that of another but for one letter: it would be logged beside it.

    :raises ValueError: with the name that was meant
    """
    for name in fields:
        meant = None if name in FIELDS or name in RESERVED else next((one for one in FIELDS if _is_one_slip(_bare(name), _bare(one))), None)
        if meant is not None:
            raise ValueError(f"{name}: is no field; did you mean {meant}? What else is logged goes into tags.")


def _bare(name: str) -> str:
    return name.replace("_", "").lower()


def _is_one_slip(given: str, meant: str) -> bool:
    """One letter more, less or other, or two neighbours swapped; the first letter is seldom wrong, and tells words apart."""
    if given[:1] != meant[:1] or abs(len(given) - len(meant)) > 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(given, meant)) if a != b), min(len(given), len(meant)))
    a, b = given[at:], meant[at:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])


FIGURES = ("score", "latency_ms", "cost", "energy_j")
SOURCES = ("natural", "user", "inferred")


def label_event(
    *,
    naive: Optional[str],
    model: Any,
    prediction_id: Any,
    label: Any,
    timestamp: Any = None,
    source: Optional[str] = None,
    final: Optional[bool] = None,
) -> Event:
    """What turned out to be true.

    :raises ValueError: naming the field that cannot be
    """
    if source is not None and source not in SOURCES:
        raise ValueError(f"source: {source!r} is none of {', '.join(SOURCES)}")
    made: Event = {
        "type": "label",
        "prediction_id": values.event_id(prediction_id),
        "model": values.model_name(model),
        "label": values.outcome(label, "label"),
        "timestamp": values.now() if timestamp is None else values.moment(timestamp, naive),
    }
    if source is not None:
        made["source"] = source
    if final is not None:
        made["final"] = bool(final)
    return made


def encoded(event: Event) -> bytes:
    """One line of JSON; ASCII alone, so that no broker or proxy guesses an encoding."""
    return json.dumps(event, separators=(",", ":"), allow_nan=False).encode("ascii")
