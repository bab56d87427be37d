"""Runs the whole loop: pipeline, gate, comment, tracking, and the next step to take."""

import re
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.evaluation.names import leading
from mainline.evaluation.words import estimate
from mainline.gate.verdict import Verdict
from mainline.git import Git
from mainline.params import params
from mainline.pipeline import last
from mainline.pipeline.next_step import next_step
from mainline.pipeline.recording import recording
from mainline.pipeline.up_to_date import reproduce
from mainline.report.figures import task_of

UNRECORDED, UNASKED = "not recorded", "no prediction"


def run(root: Path, *, against: str | None = None, retrain: bool = False) -> bool:
    """Run the loop in `root`. Returns whether the gate is open."""
    params.check(root)
    git = Git(root)
    if not git.inside():
        raise MainlineError("not a git repository; `git init -b main` makes it one.")
    if against:
        git.known(against)  # fail before a long training
    last.forget(root)
    begun = last.state(root, against=against, retrain=retrain)
    reproduce(root)
    with recording(root) as recorded:
        from mainline.pipeline.judge import judge  # noqa: PLC0415  imported while DVC worked

        made = last.state(root, against=against, retrain=retrain)
        verdict = judge(root, against=against, retrain=retrain)
        places = [f"served    {_asked(root)}", f"tracking  {recorded()}"]
    said = summary(root, verdict, places, next_step(git, verdict))
    print(said, flush=True)
    now = last.state(root, against=against, retrain=retrain)
    # A file that changed during this run is judged by the next run.
    still = begun and made and now and made == now and begun.same_inputs(now)
    if now and still and _settled(git, verdict, places):
        last.keep(root, f"{verdict.told()}\n{said}", now)
    return verdict.open


def _settled(git: Git, verdict: Verdict, places: list[str]) -> bool:
    """Whether another run would give the same result. A closed gate may be due to an outage."""
    failed = any(word in place for place in places for word in (UNRECORDED, UNASKED))
    unseen = verdict.here_alone or any("problem" in found for found in verdict.measured.values())
    return verdict.open and not failed and not (unseen and _elsewhere(git, verdict.against))


def _elsewhere(git: Git, base: str) -> bool:
    """Whether the champion may come from a remote, or from a cache that is not watched."""
    layout = Layout(git.root)
    texts = [git.show(base, Path(layout.seen(Layout.dvc_config))) if base else None]
    for path in (layout.dvc_config, layout.dvc_config_local):
        texts.append(path.read_text(encoding="utf-8") if path.is_file() else None)
    return any(re.search(r"^\s*(remote|dir|url)\s*=", text or "", re.MULTILINE) for text in texts)


def _asked(root: Path) -> str:
    """The line on one prediction over REST and gRPC, as in production, or its error."""
    from mainline.serving.ask import ask  # noqa: PLC0415  imported while DVC worked

    try:
        return ask(root).line()
    except MainlineError as error:
        return f"{UNASKED}: {error}"


def summary(root: Path, verdict: Verdict, places: list[str], then: str) -> str:
    """The summary below the gate's lines. `places` are further lines; `then` is the next step."""
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
        f"  comment   {Layout(root).comment}",
        f"  card      {Layout(root).model_card}",
        f"  manifest  {Layout(root).release}"
        + (f" (version {candidate['version']})" if "version" in candidate else ""),
        *(f"  {place}" for place in places),
        f"  next      {then}",
    ]
    return "\n".join(lines)
