"""What a request's target is about."""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from mainline.serving.rest_paths import ASK, LOOK, Answer, path_of, refusal

LONGEST_KEPT = 200  # characters of a target whose meaning is remembered


@dataclass(frozen=True)
class Target:
    """`refused` is the answer when it is about no model; else `model` and `version` are named."""

    refused: Answer | None = None
    model: str = ""
    version: str = ""  # empty unless a number stands in the path
    label: bool = False


def target_of(method: str, target: str, origin: str) -> Target:
    """What a request is about. `origin` is the header."""
    if method == "OPTIONS" or len(target) > LONGEST_KEPT:
        return _target(method, target, origin)
    return _remembered(method, target)


@lru_cache(256)
def _remembered(method: str, target: str) -> Target:
    return _target(method, target, "")


def _target(method: str, target: str, origin: str) -> Target:
    path = path_of(target)
    if refused := refusal(method, path, origin):
        return Target(refused)
    found = ASK.fullmatch(path) or LOOK.fullmatch(path)
    assert found is not None  # noqa: S101  `refusal` has answered all others
    return Target(None, unquote(found[1]), (found[2] or "").lstrip("0"), found[3] is not None)
