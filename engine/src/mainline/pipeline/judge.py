"""What follows the pipeline: the gate's verdict and the comment."""

from pathlib import Path

from mainline.gate import gate
from mainline.gate.verdict import Verdict
from mainline.report import report


def judge(
    root: Path, *, against: str | None = None, retrain: bool = False, in_ci: bool | None = None
) -> Verdict:
    """Judge, and write the comment whatever the verdict."""
    print(flush=True)
    verdict = gate.run(root, against=against, retrain=retrain, in_ci=in_ci)
    report.run(root)
    return verdict
