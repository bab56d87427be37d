"""The process that exports a proposal's weights again. It runs the proposal's code, and may lie.

Started by `repackaging` with the proposal's directory; the last line that it prints is its answer.
"""

import json
import sys
from pathlib import Path

from mainline.gate import repackaged
from mainline.gate.candidate import Candidate
from mainline.gate.integrity import attempt
from mainline.gate.verdict import PASS


def main(model: Path) -> None:
    """Print whether the rule `repackaged` passes in the directory `model`, and why."""
    found = attempt("repackaged", lambda: repackaged.rule(Candidate(model)))
    print(json.dumps([found.outcome == PASS, found.why]), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
