"""The settings that a proposal is judged by. Limits come from the base branch, not from the PR."""

from dataclasses import dataclass
from typing import Any

from mainline.core import config
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml
from mainline.data.checks.settings import StatisticsSettings
from mainline.evaluation.settings import EvaluationSettings
from mainline.gate.changes import changed_keys
from mainline.git import Git
from mainline.model.plain_trees import PlainTreesSettings
from mainline.params.gate import GateSettings

WISHES = ("gate.champion.reset", "validation.statistics.accepted")  # each has its own note
# Keys of `evaluation` that come from the base branch. `threshold` comes from the proposal.
MEASURES = ("confidence", "slices", "costs", "fairness", "robustness", "sample")


@dataclass(frozen=True)
class Bars:
    """The settings in force.

    `reset` is this proposal's reason to give up the champion. `accepted` is its reason why the
    data moved. `notes` list the settings that the proposal changes.
    """

    gate: GateSettings
    evaluation: EvaluationSettings
    trees: PlainTreesSettings
    statistics: StatisticsSettings
    reset: str | None
    accepted: str | None
    notes: list[str]


def in_force(git: Git, base: str | None) -> Bars:
    """The settings of the base branch, or those of the proposal if main has no settings yet.

    Raises MainlineError when one of the two files lacks a setting that the gate needs.
    """
    params = config.read_params(git.root)
    own = _read(params, str(Layout.params))
    text = git.show(base, Layout.params) if base else None
    if text is None:
        first = ["main has no bars yet: the bars of this proposal apply."]
        return Bars(*own, _unspent(own[0].champion.reset), _unspent(own[3].accepted), first)
    name = f"{Layout.params} at {str(base)[:12]}"
    main = read_yaml(text, name=name)
    theirs = _read(main, name)
    reset = _unspent(own[0].champion.reset, theirs[0].champion.reset)
    accepted = _unspent(own[3].accepted, theirs[3].accepted)
    notes = []
    if _task(main) != _task(params):  # main's bars name other figures; its margins apply
        gate = {"bars": own[0].bars, "fairness": own[0].fairness}
        prices = {"costs": own[1].costs, "threshold": own[1].threshold}
        theirs = (
            theirs[0].model_copy(update=gate),
            theirs[1].model_copy(update=prices),
            *theirs[2:],
        )
        notes.append(
            f"the task changes from {_task(main)} to {_task(params)}, and main has no bars for the "
            "new figures: `gate.bars`, `gate.fairness` and `evaluation.costs` are taken from this "
            "proposal. Review them."
        )
    changes = changed_keys(_shown(*theirs), _shown(*own))
    notes += [
        f"{key} changes from {old} to {new}: the old value applies here, the new after the merge."
        for key, old, new in changes
        if key not in WISHES
    ]
    if reset is not None:
        notes.append(f'this proposal asks to give up the champion: "{reset}"')
    if accepted is not None:
        notes.append(f'this proposal says that the data moved on purpose: "{accepted}"')
    return Bars(*theirs, reset, accepted, notes)


def _unspent(wish: str | None, spent: str | None = None) -> str | None:
    """The proposal's reason. None if it is blank, or if main has it already: it counts once."""
    said = (wish or "").strip() or None
    return None if said == (spent or "").strip() else said


def _task(params: dict[str, Any]) -> object:
    table = params.get("table")
    return table.get("task", "binary") if isinstance(table, dict) else "binary"


def _read(
    params: dict[str, Any], name: str
) -> tuple[GateSettings, EvaluationSettings, PlainTreesSettings, StatisticsSettings]:
    train, validation = params.get("train"), params.get("validation")
    trees = train.get("baseline", {}) if isinstance(train, dict) else {}
    moves = validation.get("statistics", {}) if isinstance(validation, dict) else {}
    return (
        config.parse(GateSettings, params.get("gate"), name=name, prefix=("gate",)),
        config.parse(
            EvaluationSettings, params.get("evaluation"), name=name, prefix=("evaluation",)
        ),
        config.parse(PlainTreesSettings, trees, name=name, prefix=("train", "baseline")),
        config.parse(StatisticsSettings, moves, name=name, prefix=("validation", "statistics")),
    )


def _shown(
    gate: GateSettings,
    evaluation: EvaluationSettings,
    trees: PlainTreesSettings,
    statistics: StatisticsSettings,
) -> dict[str, Any]:
    return {
        "gate": gate.model_dump(),
        "evaluation": evaluation.model_dump(include=set(MEASURES)),
        "train": {"baseline": trees.model_dump()},
        "validation": {"statistics": statistics.model_dump()},
    }
