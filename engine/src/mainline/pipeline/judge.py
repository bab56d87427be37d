"""Runs the gate and writes the comment, after the pipeline."""

from pathlib import Path

from mainline.gate import gate
from mainline.gate.verdict import Verdict
from mainline.report import report


def judge(
    root: Path,
    *,
    against: str | None = None,
    retrain: bool = False,
    in_ci: bool | None = None,
    code: Path | None = None,
) -> Verdict:
    """Run the gate, and write the comment for an open or a closed gate."""
    print(flush=True)
    verdict = gate.run(root, against=against, retrain=retrain, in_ci=in_ci, code=code)
    report.run(root)
    return verdict
