"""Says a defect of ours without its message, which may quote a customer's values."""

import sys
import traceback


def say_defect(who: str, defect: BaseException) -> None:
    """Print where it was raised, and its type, to stderr."""
    traceback.print_tb(defect.__traceback__, file=sys.stderr)
    print(f"{who}: {type(defect).__name__}", file=sys.stderr, flush=True)
