"""Starts DVC's command line. Ctrl-C during DVC's import ends it without a traceback.

This is a separate script: `reproduce` runs it with the Python of another revision.
"""

import importlib
import signal
import sys

COMMAND = ("-P", __file__)  # `-P` keeps our modules out of the import path


def main() -> int:
    """Run DVC with this process's arguments. Returns its exit code."""
    usual = signal.getsignal(signal.SIGINT)
    if (
        usual is signal.default_int_handler
    ):  # keep the setting of a background run, which ignores Ctrl-C
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    importlib.import_module("dvc.repo.open_repo")
    from dvc.cli import main as dvc  # noqa: PLC0415

    signal.signal(signal.SIGINT, usual)
    return int(dvc(sys.argv[1:]))


if __name__ == "__main__":
    sys.exit(main())
