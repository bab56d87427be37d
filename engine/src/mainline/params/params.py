"""All of `params.yaml`, checked as a whole before anything runs."""

from pathlib import Path
from typing import Any

from mainline import project
from mainline.core import config
from mainline.core.config import Settings
from mainline.core.errors import SettingsError
from mainline.core.layout import Layout
from mainline.core.table import TableSettings
from mainline.data.checks.fitting import fitting
from mainline.data.settings import DataSettings, SplitSettings, ValidationSettings
from mainline.evaluation import names
from mainline.evaluation.settings import EvaluationSettings
from mainline.model.settings import TrainSettings
from mainline.packaging.settings import PackageSettings
from mainline.params import extensions, space
from mainline.params.gate import GateSettings
from mainline.params.monitoring import MonitoringSettings
from mainline.params.record import RecordSettings
from mainline.params.tune import TuneSettings

QUALITY_BARS = "monitoring.triggers.quality.bars"
METRICS = "metrics"


class Params(Settings):
    """One section a stage, each defined beside the stage that reads it."""

    data: DataSettings
    table: TableSettings
    validation: ValidationSettings
    split: SplitSettings
    train: TrainSettings
    evaluation: EvaluationSettings
    package: PackageSettings
    gate: GateSettings
    record: RecordSettings = RecordSettings()
    tune: TuneSettings | None = None
    monitoring: MonitoringSettings = MonitoringSettings()


def run(root: Path) -> Params:
    """The command `params`: the file, and the project's functions with the options it gives them.

    Raises SettingsError as `check` does, or naming a function that does not fit.
    """
    params = check(root)
    extensions.check(root, params.data, params.table, params.train)
    if params.tune is not None:
        space.today(root, params.table, config.read_params(root)["train"], params.tune)
    return params


def check(root: Path) -> Params:
    """Read and check the file. Raises SettingsError that names every wrong key.

    DVC reads the file as well and reports its own, harder error: call this first. Nothing of the
    project is imported: see `run`.
    """
    return parse(root, config.read_params(root), name=str(Layout.params))


def parse(root: Path, values: Any, *, name: str) -> Params:
    """Check the values of the file called `name`, as `check` does, for the project at `root`."""
    params = config.parse(Params, values, name=name)
    known = set(params.table.columns)
    for key, columns in (
        ("validation.columns", params.validation.columns),
        ("evaluation.slices", params.evaluation.slices),
    ):
        for column in columns:
            if column not in known:
                raise SettingsError(
                    f"{name}: '{key}.{column}' is not a column of `table`"
                    f"{config.nearest(column, sorted(known))}"
                )
    _fits_task(root, params, name)
    fitting(params.table, params.validation, name=name)
    if params.split.by == "time" and params.table.time is None:
        raise SettingsError(f"{name}: 'split.by' is time, but 'table.time' names no column.")
    if params.tune is not None:
        space.check(params.tune, values["train"], name=name)
        if params.tune.folds and params.split.by == "time":
            raise SettingsError(
                f"{name}: 'tune.folds' takes rows in any order of time; with 'split.by: time' "
                "leave it out, then the validation rows judge."
            )
    return params


def _fits_task(root: Path, params: Params, name: str) -> None:
    """What other sections say has to be of the task that `table` names."""
    task = params.table.task
    known = list(names.names(task))
    trigger = params.monitoring.triggers.quality
    bars = {f"gate.bars.{bar}": bar for bar in params.gate.bars}
    bars |= {f"{QUALITY_BARS}.{bar}": bar for bar in (trigger.bars if trigger else ())}
    if not set(bars.values()) <= set(known):
        known += project.public_names(root, METRICS)
    for key, bar in bars.items():
        if bar not in known:
            raise SettingsError(
                f"{name}: '{key}' is not a figure of a {task} task "
                f"and no function of {METRICS}.py{config.nearest(bar, known)}"
            )
    differences = list(names.DIFFERENCES[task])
    for bar in params.gate.fairness:
        if bar not in differences:
            raise SettingsError(
                f"{name}: 'gate.fairness.{bar}' is not a difference between groups of a {task} task"
                f"{config.nearest(bar, differences)}"
            )
        if not params.evaluation.fairness.columns:
            raise SettingsError(
                f"{name}: 'gate.fairness.{bar}' is a bar, but 'evaluation.fairness.columns' names "
                "no column whose groups are compared."
            )
    if params.gate.robustness.noise_drop is not None and not params.evaluation.robustness.noise:
        raise SettingsError(
            f"{name}: 'gate.robustness.noise_drop' is a bar, but 'evaluation.robustness.noise' "
            "names no level."
        )
    wrong = params.evaluation.misfit(task)
    if wrong:
        raise SettingsError(f"{name}: {wrong}")
