"""Turns error responses of a registry into errors that say what to do."""

import errno
import os
from typing import Any

import requests

from mainline.core.errors import MainlineError
from mainline.github.answers import BUSY, Refused, Unreachable

NAMED_BY = "`package.image` in params.yaml"
LOGIN = (
    "On a laptop: `docker login {host}`. On GitHub: ghcr.io accepts the job's token (`packages: "
    "write`, and the package's settings must allow this repository); any other registry needs "
    "the variables REGISTRY and REGISTRY_USER and the secret REGISTRY_PASSWORD "
    "(docs/continuous-integration.md)."
)


def no_answer(host: str, error: BaseException) -> MainlineError:
    """The error for no answer. It quotes no URL: URLs of uploads contain keys."""
    if isinstance(error, requests.exceptions.SSLError):
        return Refused(
            f"the certificate of the registry {host} is not trusted here; set REQUESTS_CA_BUNDLE "
            "to a file with the trusted certificates.",
            0,
        )
    return Unreachable(f"the registry {host} does not answer ({_reason(error)}). Check {NAMED_BY}.")


def no_registry(host: str, why: str) -> MainlineError:
    """The error for an answer that is not a registry's."""
    return Refused(f"{host} does not answer like a registry ({why}). Check {NAMED_BY}.", 0)


def not_shown(host: str, image: str, status: int) -> MainlineError:
    """The error for a hidden image. Some registries answer 401 or 403 for a missing image."""
    return Refused(
        f"the registry {host} has no {image}, or this login has no access to it ({status}). "
        f"`docker login {host}` changes the login.",
        status,
    )


def no_login(host: str, repository: str) -> MainlineError:
    """The error when the registry needs a login and there is none."""
    return Refused(
        f"the registry {host} needs a login for {repository}, and there is none. "
        + LOGIN.format(host=host),
        401,
    )


def said_no(host: str, repository: str, answer: requests.Response | None) -> MainlineError:
    """The error for an error response."""
    if answer is None:
        return refusal(host, repository, 0)
    return refusal(host, repository, answer.status_code, _words(answer))


def refusal(host: str, repository: str, status: int, words: str = "") -> MainlineError:
    """The error for an error status; `words` is the registry's message."""
    said = f": {words}" if words else ""
    if status in BUSY:
        return Unreachable(f"the registry {host} is busy ({status}{said}).")
    if status in (401, 403):
        return Refused(
            f"this login is not allowed to push to {repository} on {host} ({status}{said}). "
            + LOGIN.format(host=host),
            status,
        )
    if status == 404:
        return Refused(
            f"the registry {host} has no {repository} (404{said}): create it there, or change "
            f"{NAMED_BY}.",
            status,
        )
    return Refused(f"the registry {host} refused {repository} ({status}{said}).", status)


def _words(answer: requests.Response) -> str:
    """The registry's error messages, in the format of the OCI distribution specification."""
    try:
        errors: Any = answer.json()["errors"]
        texts = [str(error.get("message") or error.get("code") or "") for error in errors]
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""
    return " ".join("; ".join(filter(None, texts)).split())[:200]


def _reason(error: BaseException) -> str:
    """The operating system's error message, found inside the wrapping exceptions."""
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
        return "host not found"
    return "no answer in time" if isinstance(error, requests.Timeout) else type(error).__name__
