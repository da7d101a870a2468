"""Signatures of Standard Webhooks (https://www.standardwebhooks.com), both ways."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any, Optional

TOLERANCE_S = 300


def key_of(secret: str) -> bytes:
    return base64.b64decode(secret[len("whsec_") :]) if secret.startswith("whsec_") else secret.encode()


def signature(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def why_refused(key: bytes, headers: Any, body: bytes, now_s: float) -> Optional[str]:
    """None: it is signed by whoever knows the secret, not longer ago than five minutes."""
    message_id, timestamp = headers.get("webhook-id"), headers.get("webhook-timestamp")
    given = headers.get("webhook-signature")
    if not message_id or not timestamp or not given:
        return "headers_missing"
    if not (timestamp.isascii() and timestamp.isdigit()):
        return "timestamp_invalid"
    if abs(now_s - int(timestamp)) > TOLERANCE_S:
        return "timestamp_out_of_range"
    expected = signature(key, message_id, timestamp, body).encode()
    # Several while a secret is being replaced.
    matches = [hmac.compare_digest(each.encode("utf-8", "replace"), expected) for each in given.split(" ")]
    return None if any(matches) else "signature_mismatch"
