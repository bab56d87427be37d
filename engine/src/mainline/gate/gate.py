"""The command `gate`: judge, print the table, write the verdict."""

from pathlib import Path

from mainline.core import ci
from mainline.core.errors import MainlineError
from mainline.core.files import remove, write_json
from mainline.core.layout import Layout
from mainline.gate.decide import decide
from mainline.gate.promise import promised
from mainline.gate.verdict import Rule, Verdict
from mainline.git import Git


def run(
    root: Path,
    *,
    against: str | None = None,
    retrain: bool = False,
    in_ci: bool | None = None,
    code: Path | None = None,
) -> Verdict:
    """Write `Layout.verdict` and print it. The gate closes when judging fails.

    `in_ci` None reads it from the environment. `retrain` asks for a better model; the name of the
    current branch may ask, too. `code` is that of `Candidate`.
    """
    git = Git(root)
    retrain = retrain or promised(git.branch())
    if in_ci is None:
        in_ci = ci.in_ci()
    remove(Layout(root).verdict)  # an old verdict must not survive a crash
    remove(Layout(root).comment)
    try:
        verdict = decide(git, against, retrain=retrain, in_ci=in_ci, code=code)
    except MainlineError as error:
        verdict = Verdict("proposal", "", [Rule.judged("gate", False, str(error))])
    write_json(Layout(root).verdict, verdict.to_json())
    print(verdict.told(), flush=True)
    return verdict
