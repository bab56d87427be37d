"""The command `run`: pipeline, gate, comment, record, and what to do next."""

from pathlib import Path

from customer_churn import params
from customer_churn.core import config, paths
from customer_churn.core.errors import UserError
from customer_churn.core.files import read_json
from customer_churn.core.strict_yaml import read_yaml
from customer_churn.evaluation.names import leading
from customer_churn.evaluation.words import estimate
from customer_churn.gate.verdict import Verdict
from customer_churn.git import Git
from customer_churn.loop.pipeline import GENERATED, reproduce
from customer_churn.loop.recording import Recording
from customer_churn.report.figures import task_of


def run(root: Path, *, against: str | None = None, retrain: bool = False) -> bool:
    """Run the loop in `root`. Returns whether the gate is open."""
    params.check(root)
    git = Git(root)
    if not git.inside():
        raise UserError("this is no git repository; `git init -b main` makes it one.")
    with Recording(root) as recording:
        reproduce(root, then=recording.start)
        from customer_churn.loop.judge import judge  # noqa: PLC0415  imported while DVC worked

        verdict = judge(root, against=against, retrain=retrain)
        places = [f"served    {_asked(root)}", f"tracking  {recording.said()}"]
    print(summary(root, verdict, places, next_step(git, verdict)), flush=True)
    return verdict.open


def _asked(root: Path) -> str:
    """One prediction over REST and gRPC, answered as in production; what goes wrong is told."""
    from customer_churn.serving.ask import ask  # noqa: PLC0415  imported while DVC worked

    try:
        return ask(root).line()
    except UserError as error:
        return f"no prediction: {error}"


def summary(root: Path, verdict: Verdict, places: list[str], then: str) -> str:
    """The last lines that a person reads, below the gate's own; `places` are more about where."""
    candidate = verdict.candidate
    lines = []
    if "figures" in candidate:
        figures = candidate["figures"]
        led = leading(task_of(figures))
        ours, trees = (estimate(figures[who][led.name]) for who in ("model", "baseline"))
        lines.append(f"  {led.short:<9} {ours}, baseline {trees}")
    if verdict.champion and verdict.champion.get("difference"):
        difference = verdict.champion["difference"]
        lines.append(
            f"  champion  {difference['value']:+.4f} against it "
            f"({difference['low']:+.4f} to {difference['high']:+.4f})"
        )
    lines += [
        f"  comment   {root / paths.COMMENT}",
        f"  card      {root / paths.MODEL_CARD}",
        f"  manifest  {root / paths.RELEASE}"
        + (f" (version {candidate['version']})" if "version" in candidate else ""),
        *(f"  {place}" for place in places),
        f"  next      {then}",
    ]
    return "\n".join(lines)


def next_step(git: Git, verdict: Verdict) -> str:
    """What a person would do now."""
    if not verdict.open:
        return f"read why in {paths.COMMENT}, change params, data or code, and run again"
    head = git.resolve("HEAD")
    changed = [path for path, _, _ in git.changed("HEAD")] if head else []
    if head and not changed:
        return "nothing has changed; edit params.yaml or src, then run again"
    released = head and git.show(head, paths.LOCK)
    if released and changed and all(path.startswith(GENERATED) for path in changed):
        if news := _answered_differently(git, str(head)):
            return news
        return (
            "only generated files differ from the last commit: another CPU class, GPU or Python "
            f"minor made those. Nothing to propose; `git checkout -- {' '.join(GENERATED)}` "
            "brings them back"
        )
    return _propose(git)


def _propose(git: Git) -> str:
    from customer_churn.proposal import remote  # noqa: PLC0415  it stands on the loop in turn

    on_main = git.run("branch", "--show-current").strip() in ("", "main")
    branch = "git switch -c my-change && " if on_main else ""
    shared = "`dvc push` (so that CI need not train), " if remote.name(git.root) else ""
    return f"propose it: {branch}git add -A && git commit, {shared}git push, open a PR"


def _answered_differently(git: Git, head: str) -> str:
    """What to do when nobody changed anything and the table is another; empty when it is not.

    The simulator is a computation, so another machine is what makes its rows differ.
    """
    if config.read_params(git.root)["data"]["source"]["kind"] == "simulator":
        return ""
    text = git.show(head, paths.CATALOGUE)
    before = read_yaml(text, name=str(paths.CATALOGUE)) if text else {}
    now = read_json(git.root / paths.CATALOGUE, made_by="dvc repro ingest")
    if before.get("content") == now["content"]:
        return ""
    return (
        "THE SOURCE ANSWERS DIFFERENTLY than when this commit was made: "
        f"{before.get('rows', 'no')} rows then, {now['rows']} now, and the model is another one. "
        f"That is a proposal of its own: look at `git diff {paths.CATALOGUE}`, set another "
        f"data.as_of, run again and propose it; or `git checkout -- {' '.join(GENERATED)}` and "
        "have the former table back from a DVC remote"
    )
