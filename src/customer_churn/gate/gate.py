"""The command `gate`: judge, print the table, write the verdict."""

from pathlib import Path

from customer_churn.core import ci, paths
from customer_churn.core.errors import MainlineError
from customer_churn.core.files import remove, write_json
from customer_churn.gate.decide import decide
from customer_churn.gate.verdict import Rule, Verdict
from customer_churn.git import Git


def run(
    root: Path, *, against: str | None = None, retrain: bool = False, in_ci: bool | None = None
) -> Verdict:
    """Write `paths.VERDICT` and print it. A failure to judge is a closed gate, not an open one.

    `in_ci` None asks the environment.
    """
    if in_ci is None:
        in_ci = ci.in_ci()
    remove(root / paths.VERDICT)  # yesterday's must not outlive a crash
    remove(root / paths.COMMENT)
    try:
        verdict = decide(Git(root), against, retrain=retrain, in_ci=in_ci)
    except MainlineError as error:
        verdict = Verdict("proposal", "", [Rule.judged("gate", False, str(error))])
    write_json(root / paths.VERDICT, verdict.to_json())
    print(verdict.told(), flush=True)
    return verdict
