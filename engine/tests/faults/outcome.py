"""What any command may do with hostile input: succeed, or say in a few lines what is wrong."""

import io
import signal
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass

from mainline.cli import main as cli

LONGEST = 6000  # characters of a message: a screen or two, never the file itself
PATIENCE = 60  # seconds; a hang, not slowness, on the slowest machine


class Hang(BaseException):
    """No `except Exception` may take it for an answer."""


@dataclass(frozen=True)
class Outcome:
    code: int
    said: str


def run(*commands: str) -> Outcome:
    """Run commands here until one fails. A hang or an exception that escapes is an error."""
    outcome = Outcome(0, "")
    for command in commands:
        with _limit(), redirect_stderr(io.StringIO()) as err, redirect_stdout(io.StringIO()):
            code = cli.main([command])
        outcome = Outcome(code, err.getvalue())
        if code:
            break
    if outcome.code:
        assert outcome.code == 1, outcome
        assert outcome.said.startswith(f"{command}: "), outcome.said[:500]
        assert len(outcome.said) < LONGEST, f"{len(outcome.said)} characters: {outcome.said[:500]}"
        assert "Traceback" not in outcome.said
    return outcome


@contextmanager
def _limit():
    def stop(*_):
        raise Hang(f"no end within {PATIENCE} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
