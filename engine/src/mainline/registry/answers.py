"""What a registry's no means, and what a person can do about it."""

import errno
import os
from typing import Any

import requests

from mainline.core.errors import MainlineError
from mainline.github.answers import BUSY, Refused, Unreachable

NAMED_BY = "`package.image` in params.yaml"
LOGIN = (
    "On a laptop: `docker login {host}`. On GitHub: ghcr.io takes the job's own token (`packages: "
    "write`, and the package's settings have to let this repository in); any other registry needs "
    "the variables REGISTRY and REGISTRY_USER and the secret REGISTRY_PASSWORD "
    "(docs/continuous-integration.md)."
)


def no_answer(host: str, error: BaseException) -> MainlineError:
    """Nobody there, or not in time. No URL is quoted: those of uploads carry keys."""
    if isinstance(error, requests.exceptions.SSLError):
        return Refused(
            f"the certificate of the registry {host} is not trusted here; REQUESTS_CA_BUNDLE names "
            "a file with the certificates that are.",
            0,
        )
    return Unreachable(
        f"the registry {host} does not answer ({_reason(error)}). Is {NAMED_BY} right?"
    )


def no_registry(host: str, why: str) -> MainlineError:
    """Somebody answers, and speaks another language."""
    return Refused(f"{host} does not answer as a registry does ({why}). Is {NAMED_BY} right?", 0)


def not_shown(host: str, image: str, status: int) -> MainlineError:
    """Some registries say 401 or 403 of what is not there."""
    return Refused(
        f"the registry {host} has no {image}, or does not show it to this login ({status}). "
        f"`docker login {host}` changes who asks.",
        status,
    )


def no_login(host: str, repository: str) -> MainlineError:
    """It asks who we are, and we have nothing to show."""
    return Refused(
        f"the registry {host} asks for a login before it takes {repository}, and there is none. "
        + LOGIN.format(host=host),
        401,
    )


def said_no(host: str, repository: str, answer: requests.Response | None) -> MainlineError:
    """The error for an answer that is no success."""
    if answer is None:
        return refusal(host, repository, 0)
    return refusal(host, repository, answer.status_code, _words(answer))


def refusal(host: str, repository: str, status: int, words: str = "") -> MainlineError:
    """The error for a status that is no success; `words` are the registry's own."""
    said = f": {words}" if words else ""
    if status in BUSY:
        return Unreachable(f"the registry {host} is busy ({status}{said}).")
    if status in (401, 403):
        return Refused(
            f"the registry {host} does not let this login push to {repository} ({status}{said}). "
            + LOGIN.format(host=host),
            status,
        )
    if status == 404:
        return Refused(
            f"the registry {host} knows no {repository} (404{said}): make it there, or mend "
            f"{NAMED_BY}.",
            status,
        )
    return Refused(f"the registry {host} refused {repository} ({status}{said}).", status)


def _words(answer: requests.Response) -> str:
    """What the registry says about it, in the form that the distribution specification gives."""
    try:
        errors: Any = answer.json()["errors"]
        texts = [str(error.get("message") or error.get("code") or "") for error in errors]
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""
    return " ".join("; ".join(filter(None, texts)).split())[:200]


def _reason(error: BaseException) -> str:
    """The operating system's word for it, from below the layers that wrapped it."""
    seen: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting:
        found = waiting.pop()
        if not isinstance(found, BaseException) or found in seen:
            continue
        seen.append(found)
        waiting += [*found.args, getattr(found, "reason", None)]
        waiting += [found.__cause__, found.__context__]
    for found in seen:
        if (
            isinstance(found, OSError)
            and found.errno is not None
            and found.errno in errno.errorcode
        ):
            return os.strerror(found.errno)
    if any("NameResolution" in type(found).__name__ for found in seen):
        return "there is no such host"
    return "no answer in time" if isinstance(error, requests.Timeout) else type(error).__name__
