"""Requests to a service, by the standard library; a failure of the network is an answer, too."""

import base64
import http.client
import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional

# An answer of more is none of ours.
MOST_ANSWER_BYTES = 256 * 1024 * 1024


class ApiError(Exception):
    """The service answered with a problem, or not at all (``status`` 0)."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class ShiftFound(Exception):
    """What ``fail_on_shift`` raises: the verdicts that were found, with their summaries."""

    def __init__(self, message: str, verdicts: "List[Dict[str, Any]]") -> None:
        super().__init__(message)
        self.verdicts = verdicts


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST would become a GET, and take the token to somebody else."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Rest:
    def __init__(self, url: str, token: Optional[str], timeout_s: float, context: Optional[ssl.SSLContext]) -> None:
        if not isinstance(url, str):
            raise ValueError(f"url: {url!r} is no address of a service, such as http://localhost:8080")
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"url: {url!r} is no address of a service, such as http://localhost:8080")
        bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="")
        self._base = urllib.parse.urlunsplit(bare).rstrip("/")
        self._timeout_s = timeout_s
        self._headers = {"User-Agent": "shiftwatch-python", "Accept": "application/json"}
        if token:
            if any(ord(c) < 33 or ord(c) > 126 for c in token):
                raise ValueError("token: has characters that no token has (a line break at its end?)")
            self._headers["Authorization"] = f"Bearer {token}"
        elif parts.password:
            who = f"{urllib.parse.unquote(parts.username or '')}:{urllib.parse.unquote(parts.password)}"
            self._headers["Authorization"] = "Basic " + base64.b64encode(who.encode()).decode()
        handlers: List[Any] = [_NoRedirect]
        if context is not None:
            handlers.append(urllib.request.HTTPSHandler(context=context))
        self._opener = urllib.request.build_opener(*handlers)

    def post(self, path: str, body: Any, headers: Mapping[str, str], timeout_s: Optional[float] = None) -> Answer:
        return self._ask("POST", path, body, headers, timeout_s)

    def get(self, path: str) -> Any:
        """What it answers.

        :raises ApiError: where it refuses, or is not there
        """
        return self.json(self._ask("GET", path, None, {}, None))

    def _ask(
        self, method: str, path: str, body: Any, headers: Mapping[str, str], timeout_s: Optional[float]
    ) -> Answer:
        request = urllib.request.Request(
            self._base + path, data=body, headers={**self._headers, **headers}, method=method
        )
        try:
            with self._opener.open(request, timeout=timeout_s or self._timeout_s) as reply:
                return Answer(reply.status, _lower(reply.headers), reply.read(MOST_ANSWER_BYTES))
        except urllib.error.HTTPError as error:
            with error:
                try:
                    said = error.read(MOST_ANSWER_BYTES)
                except (OSError, http.client.HTTPException):
                    said = b""
                return Answer(error.code, _lower(error.headers), said)
        except (OSError, http.client.HTTPException, ValueError) as error:
            # ValueError: what answered does not speak HTTP.
            reason = getattr(error, "reason", error)
            return Answer(0, {}, str(reason).encode())

    def json(self, answer: Answer) -> Any:
        """The answer's JSON.

        :raises ApiError: where it is a problem, or none of ours
        """
        try:
            said = json.loads(answer.body)
        except ValueError:
            said = None
        if 200 <= answer.status < 300 and said is not None:
            return said
        detail = said.get("detail") or said.get("title") if isinstance(said, dict) else None
        if answer.status == 0:
            detail = f"{self._base} did not answer: {answer.body.decode(errors='replace')}"
        elif detail is None:
            detail = f"{self._base} answered {answer.status}, and not as shiftwatch does; is the address right?"
        raise ApiError(answer.status, str(detail))

    def pages(self, path: str, query: Mapping[str, Any]) -> Iterator[Dict[str, Any]]:
        """The rows of all pages of a list."""
        asked = {name: _query_text(value) for name, value in query.items() if value is not None}
        cursor = None
        while True:
            more = asked if cursor is None else {**asked, "cursor": cursor}
            answer = self._ask("GET", f"{path}?{urllib.parse.urlencode(more)}", None, {}, None)
            page = self.json(answer)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return


def _query_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _lower(headers: Any) -> Dict[str, str]:
    return {} if headers is None else {name.lower(): value for name, value in headers.items()}
