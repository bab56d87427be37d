"""A request over HTTP, as it came."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from mainline.gateway.http_answer import Headers
from mainline.serving.rest_paths import Answer


@dataclass(slots=True)
class Request:
    """A request as it came. `early` is an answer that was found before the body was whole."""

    time: float
    started: float  # of `time.perf_counter`: when it was whole, or at its head if it never was
    method: str = ""
    target: bytes = b""
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    keep: bool = True
    early: Answer | None = None


# What answers: the bytes of the whole answer, which `Connection` sends as they are.
Answering = Callable[[Request], Awaitable[bytes]]
