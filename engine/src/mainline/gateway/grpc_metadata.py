"""Metadata of gRPC: which keys pass, and what the gateway reads."""

from collections.abc import Iterable

Pair = tuple[str, str | bytes]
Pairs = tuple[Pair, ...]
# Of HTTP/2 and of each connection by itself: gRPC writes these anew.
_RESERVED = {"connection", "content-type", "content-length", "host", "te", "user-agent"}
_PASSED = {"grpc-status-details-bin", "grpc-tags-bin", "grpc-trace-bin"}  # an application's own


def passed(metadata: Iterable[Pair] | None, *, without: Iterable[str] = ()) -> Pairs:
    """The keys that are an application's, in their order and as often as they come."""
    return tuple(
        (key, value)
        for key, value in metadata or ()
        if not (key in _RESERVED or key.startswith((":", "grpc-"))) or key in _PASSED
        if key not in without
    )


def text(metadata: Iterable[Pair], key: str) -> str:
    """The first value of a key; empty when it is not there."""
    for name, value in metadata:
        if name == key:
            return value if isinstance(value, str) else value.decode("utf-8", "replace")
    return ""
