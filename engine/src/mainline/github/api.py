"""Requests to GitHub's REST API: JSON, retries for temporary errors, clear errors otherwise."""

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException, InvalidURL
from typing import Any
from urllib.parse import urlsplit

from mainline.core.errors import MainlineError
from mainline.github.answers import Refused, Unreachable, refusal
from mainline.github.patience import PATIENCE, Patience

PAGE = 100  # GitHub's largest page size
PAGES = 100  # limit, in case a server never ends the list
TIMEOUT = 20.0


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the token would be sent to the new host."""

    def redirect_request(self, *_: Any) -> None:
        """Treat the redirect as an error response."""


_OPENER = urllib.request.build_opener(_Stay)


@dataclass(frozen=True)
class Api:
    """One repository on the server `url`, with a `token`."""

    url: str
    repository: str
    token: str = field(repr=False)
    timeout: float = TIMEOUT
    patience: Patience = PATIENCE
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        address = urlsplit(self.url)
        local = address.hostname in ("127.0.0.1", "::1", "localhost")
        if address.scheme != "https" and not (address.scheme == "http" and local):
            raise MainlineError(f"GITHUB_API_URL is {self.url!r}; a token is sent over https only.")
        if self.repository.count("/") != 1:
            raise MainlineError(f"GITHUB_REPOSITORY is {self.repository!r}; expected owner/name.")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Api":
        """From the variables of GitHub Actions.

        Raises MainlineError with the missing variable.
        """
        values = os.environ if environment is None else environment
        for name in ("GITHUB_REPOSITORY", "GITHUB_TOKEN"):
            if not values.get(name):
                raise MainlineError(f"{name} is not set; requests to GitHub need it.")
        url = values.get("GITHUB_API_URL") or "https://api.github.com"
        return cls(url.rstrip("/"), values["GITHUB_REPOSITORY"], values["GITHUB_TOKEN"])

    def get(self, path: str) -> Any:
        """The JSON at `path`; relative to the repository if it does not start with a slash."""
        return self._patiently("GET", path, None)

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        """PATCH. It may be sent twice without harm."""
        return self._patiently("PATCH", path, body)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """POST something that may be sent twice, because the last one counts (a commit status)."""
        return self._patiently("POST", path, body)

    def create(self, path: str, body: Mapping[str, Any], find: Callable[[], Any]) -> Any:
        """The result of `find`, or of a POST if `find` returns nothing.

        `find` is called before each attempt: a POST whose answer was lost may have succeeded.
        """
        return self.patience.with_retries(
            lambda: find() or self._send("POST", path, body), self.sleep
        )

    def pages(self, path: str, key: str | None = None) -> Iterator[Any]:
        """Every entry of a list, in order. `key` is for lists that GitHub wraps in an object."""
        for page in range(1, PAGES + 1):
            mark = "&" if "?" in path else "?"
            found = self.get(f"{path}{mark}per_page={PAGE}&page={page}")
            entries = found.get(key) if key and isinstance(found, dict) else found
            if not isinstance(entries, list):
                raise Refused(f"GET {path}: the answer of {self.url} is not a list.", 0)
            yield from entries
            if len(entries) < PAGE:
                return

    def _patiently(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        return self.patience.with_retries(lambda: self._send(method, path, body), self.sleep)

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        below = path.lstrip("/") if path.startswith("/") else f"repos/{self.repository}/{path}"
        request = urllib.request.Request(  # noqa: S310  __post_init__ checked the scheme
            f"{self.url}/{below}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "User-Agent": "mainline",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        what = f"{method} {path.partition('?')[0]}"
        try:
            with _OPENER.open(request, timeout=self.timeout) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                raise refusal(
                    what,
                    error.code,
                    {name.lower(): value for name, value in error.headers.items()},
                    _text(error),
                ) from None
        except InvalidURL as error:
            raise Refused(f"{what}: {self.url} is not a valid address ({error}).", 0) from None
        except (OSError, HTTPException) as error:
            raise Unreachable(f"{what}: no answer from {self.url} ({error}).") from None
        except ValueError:
            raise Refused(f"{what}: the answer of {self.url} is not JSON.", 0) from None


def _text(error: urllib.error.HTTPError) -> str:
    try:
        return error.read(10_000).decode(errors="replace")
    except (OSError, HTTPException):
        return ""
