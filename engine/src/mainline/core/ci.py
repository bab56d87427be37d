"""Detects CI, where the gate accepts only what it can recompute."""

import os


def in_ci() -> bool:
    """Whether the variable CI is set, as GitHub and most CI services do."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")
