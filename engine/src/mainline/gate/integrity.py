"""The integrity rules: do the committed files match the model's bytes and rows?"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from mainline.core.errors import MainlineError
from mainline.core.files import read_json, tree_files
from mainline.core.layout import Layout
from mainline.evaluation.project_metrics import MODULE
from mainline.gate import pipeline, repackaged, rows, shipped
from mainline.gate.candidate import Candidate
from mainline.gate.differences import TOLERANCE, first_difference
from mainline.gate.source import Answer
from mainline.gate.verdict import WAIVED, Rule
from mainline.packaging import card, parity
from mainline.packaging.loaded import checked
from mainline.release.release_file import Release

WHICH = ("model", "baseline")


def attempt(name: str, rule: Callable[[], Rule]) -> Rule:
    """Apply a rule. If it raises, the rule has failed and the error is the reason."""
    try:
        return rule()
    except MainlineError as error:
        return Rule.judged(name, False, str(error))
    except Exception as error:  # a hostile file may raise anything: the rule has failed
        return Rule.judged(name, False, f"{type(error).__name__}: {error}")


def attempts(name: str, rules: Callable[[], Iterable[Rule]]) -> list[Rule]:
    """As `attempt`, for several rules. Rules found before an error are kept."""
    found: list[Rule] = []
    try:
        found.extend(rules())
    except MainlineError as error:
        found.append(Rule.judged(name, False, str(error)))
    except Exception as error:  # a hostile file may raise anything: the rule has failed
        found.append(Rule.judged(name, False, f"{type(error).__name__}: {error}"))
    return found


def rules(candidate: Candidate, ask: Callable[[], Answer] | None, notes: list[str]) -> list[Rule]:
    """All integrity rules. `ask` reads the source again; its notes are added to `notes`."""
    # `dvc status` takes a second; it runs in parallel with the other rules.
    with pipeline.started_status(candidate.root) as status:
        others = [
            attempt("graph", lambda: graph(candidate)),
            attempt("bytes", lambda: model_bytes(candidate)),
            attempt("data", lambda: rows.data(candidate, ask, notes)),
            attempt("validation", lambda: rows.validation(candidate)),
            attempt("split", lambda: rows.split(candidate)),
            attempt("figures", lambda: figures(candidate)),
            attempt("card", lambda: model_card(candidate)),
        ]
        here = not candidate.outside
        if here:  # it runs the project's network.py
            others.insert(1, attempt("repackaged", lambda: repackaged.rule(candidate)))
        whole = attempt("pipeline", lambda: pipeline.rule(candidate.root, status, same_engine=here))
        return [whole, *others]


def graph(candidate: Candidate) -> Rule:
    """The packaged graph holds allowed operations alone. This is known before it is loaded."""
    try:
        with checked(Layout(candidate.root).saved_model, candidate.operations):
            why = "its operations compute from the inputs and the model's own variables"
            return Rule.judged("graph", True, why)
    except MainlineError as error:
        return Rule.judged("graph", False, f"{Layout.saved_model}: {error.message}")


def model_bytes(candidate: Candidate) -> Rule:
    """Descriptor, image layout and release match the model's bytes."""
    expected = candidate.descriptor
    shown = read_json(Layout(candidate.root).descriptor, made_by="dvc repro package")
    different = first_difference(shown, expected)
    if different:
        return Rule.judged("bytes", False, f"{Layout.descriptor}: {different}")
    layout = Layout(candidate.root).image
    stored = {name.as_posix(): (layout / name).read_bytes() for name in tree_files(layout)}
    if stored != candidate.image.files:
        why = f"{Layout.image} is not the image of these bytes; `dvc repro package` writes it."
        return Rule.judged("bytes", False, why)
    if not Layout(candidate.root).release.is_file():
        return Rule.judged("bytes", False, f"{Layout.release} is missing; `dvc repro release`.")
    text = Layout(candidate.root).release.read_bytes().decode("utf-8")
    if text != Release.from_descriptor(expected).render():
        why = f"{Layout.release} is not the release of these bytes ({candidate.image.digest})."
        return Rule.judged("bytes", False, why)
    why = "descriptor, image and release name the bytes"
    return Rule.judged("bytes", True, why, figure=candidate.image.digest[7:19])


def figures(candidate: Candidate) -> Rule:
    """Scoring the packaged bytes again gives the committed figures and curves.

    Those of another engine are not compared: the comment shows the ones that are computed here.
    """
    same = candidate.same_stage("evaluate")
    wrong = _committed(candidate) if same else ""
    if wrong:
        return Rule.judged("figures", False, wrong)
    size = candidate.task.size(candidate.rows.target)
    first = candidate.test.head(parity.ALONE)
    parity.difference(candidate.scorer, first, candidate.scores[: len(first)], size)
    led = candidate.figures["model"][candidate.task.leading.name]["value"]
    if led is None:
        return Rule.judged("figures", False, "the model's figures are not numbers.")
    why = "scored again: " + (
        "the committed ones" if same else "those of another engine are not compared"
    )
    return Rule.judged("figures", True, why, figure=f"{led:.4f}")


def _committed(candidate: Candidate) -> str:
    """The first committed figure or curve that is another than the computed one, or ""."""
    shown = read_json(Layout(candidate.root).figures, made_by="dvc repro evaluate")
    task, size = candidate.task, candidate.task.size(candidate.rows.target)
    prices, own = candidate.evaluation.costs, candidate.figures["model"]

    def tolerance(key: str) -> float:
        if prices is not None and key.startswith("costs."):
            return TOLERANCE * prices.stake
        for name in candidate.metrics.about:
            if key.split(".")[:2] in (["model", name], ["baseline", name]):  # of any size
                return TOLERANCE * max(1.0, abs(float(own[name]["value"] or 0)))
        return TOLERANCE * (size if task.in_unit(key) else 1)

    shown = _comparable(candidate, shown)
    different = first_difference(shown, _comparable(candidate, candidate.figures), tolerance)
    if different:
        return f"{Layout.figures}: {different}"
    different = _candidates(candidate)
    if different:
        return f"{Layout.candidates}: {different}"
    for name, curve in task.curves(candidate.rows.target, candidate.scores).items():
        path = Layout.plots / f"{name}.csv"
        if not _same_curve(candidate.root / path, curve, size):
            return f"{path} is not the curve of these scores."
    return ""


def _candidates(candidate: Candidate) -> str:
    shown = read_json(Layout(candidate.root).candidates, made_by="dvc repro evaluate")
    if candidate.outside:
        shown, computed = shipped.both(candidate, shown)
    else:
        computed = candidate.contenders
    return first_difference(shown, computed, lambda _: TOLERANCE)


def _comparable(candidate: Candidate, figures: Any) -> Any:
    """Without the figures of the project's own, if another metrics.py made them."""
    if candidate.same_code(MODULE):
        return figures
    names = candidate.task.names
    engine = {which: {name: figures[which][name] for name in names} for which in WHICH}
    return {key: value for key, value in figures.items() if key != MODULE} | engine


def _same_curve(path: Path, computed: pd.DataFrame, size: float) -> bool:
    """Compare on average: another CPU class may move single steps of a curve."""
    shown = pd.read_csv(path)
    if list(shown.columns) != list(computed.columns) or len(shown) != len(computed):
        return False
    if computed.empty:  # a curve that the task does not have
        return True
    distance = (shown - computed.reset_index(drop=True)).abs().mean()
    return bool((distance <= 10 * TOLERANCE * computed.abs().max().clip(lower=size)).all())


def model_card(candidate: Candidate) -> Rule:
    """The model card matches descriptor, figures and catalogue, which are checked above."""
    if not candidate.same_stage("package"):
        return Rule("card", WAIVED, "another engine wrote it; it is not compared")
    made_by = "dvc repro"
    text = card.render(
        candidate.descriptor,
        read_json(Layout(candidate.root).figures, made_by=made_by),
        read_json(Layout(candidate.root).catalogue, made_by=made_by),
        candidate.table,
        candidate.package,
        candidates=read_json(Layout(candidate.root).candidates, made_by=made_by),
    )
    if (Layout(candidate.root).model_card).read_text(encoding="utf-8") != text:
        return Rule.judged("card", False, f"{Layout.model_card} does not say what the files say.")
    return Rule.judged("card", True, "the model card matches the files")
