"""What a server says of its signatures. It imports nothing, for processes that stay small."""

from typing import Any


def inputs(metadata: Any) -> dict[str, dict[str, Any]]:
    """What each signature says of its inputs, by signature; empty for text of another form."""
    signatures = within(metadata, "metadata", "signature_def", "signature_def")
    return {name: within(about, "inputs") for name, about in signatures.items()}


def within(value: Any, *names: str) -> dict[str, Any]:
    """The object in objects of these names; empty when it is not there."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}
