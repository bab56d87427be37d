"""DVC's command line, which Ctrl-C ends without a word in its first second.

DVC hears of Ctrl-C while it still imports itself, and then needs what is only half imported: it
ends with a traceback of its own.
"""

import importlib
import signal
import sys

# Of any Python that has DVC; `-P` keeps our other modules out of its reach.
COMMAND = ("-P", __file__)


def main() -> int:
    """DVC's exit code for this process's arguments."""
    hears = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if hears:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    importlib.import_module("dvc.repo.open_repo")
    from dvc.cli import main as dvc_main  # noqa: PLC0415

    if hears:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return int(dvc_main(sys.argv[1:]))


if __name__ == "__main__":
    sys.exit(main())
