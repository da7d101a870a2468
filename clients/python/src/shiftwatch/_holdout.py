"""Who is left to chance: a draw that every process and every language makes alike."""

import hashlib


def in_holdout(id: object, share: float = 0.05, salt: str = "") -> bool:
    """Whether a prediction is of the hold-out: nobody acts on it, so that its label is not the model's own doing.

    The first 8 bytes of SHA-256 of ``salt + "\\0" + id`` in UTF-8, read as a big-endian number, below ``share`` of 2^64.

    :param id: what the decision is drawn by: the prediction's id, or a customer's, who then is of it every time
    :param share: from 0 (nobody) to 1 (everybody)
    :param salt: another salt draws other ids
    :raises ValueError: where share is not from 0 to 1

    >>> in_holdout("a1", share=0)
    False
    >>> in_holdout("a1", share=1)
    True
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share: {share!r} is not from 0 to 1")
    # What UTF-8 cannot write (half a pair of UTF-16) is U+FFFD in every language.
    text = f"{salt}\0{id}".encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    drawn = int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:8], "big")
    return drawn < share * 2.0**64
