"""Whether this is CI, where nothing is open on this machine's word alone."""

import os


def in_ci() -> bool:
    """GitHub and most other CI services set CI."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")
