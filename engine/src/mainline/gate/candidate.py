"""The proposed model. All facts about it are recomputed from its bytes and its rows."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mainline.core import config
from mainline.core.errors import MainlineError
from mainline.core.files import read_json
from mainline.core.layout import Layout
from mainline.core.table import TableSettings
from mainline.data import ingest
from mainline.data.settings import DataSettings, SplitSettings
from mainline.data.split import assign
from mainline.dvc.extension_deps import imported
from mainline.evaluation import candidates, tasks, threshold
from mainline.evaluation.evaluate import judge
from mainline.evaluation.project_metrics import Metrics
from mainline.evaluation.rows import Rows
from mainline.evaluation.sections import Asked
from mainline.evaluation.settings import EvaluationSettings
from mainline.evaluation.tasks import Task
from mainline.gate.differences import TOLERANCE
from mainline.lock.engine_file import EngineFile
from mainline.model import baseline, trained
from mainline.model.plain_trees import PlainTreesSettings
from mainline.model.settings import TrainSettings
from mainline.model.trained import Trained
from mainline.packaging import content, descriptor
from mainline.packaging.image import Image, build
from mainline.packaging.saved_model import Scorer
from mainline.packaging.settings import PackageSettings


@dataclass(frozen=True)
class Candidate:
    """The model in the working tree.

    Each property is computed once, at first use. It raises MainlineError when a file that it needs
    is missing or damaged. `operations` are those of the base branch's `gate.operations`. `code` is
    another checkout whose checks.py and metrics.py judge: then no code of `root` is imported.
    """

    root: Path
    operations: frozenset[str] = frozenset()
    code: Path | None = None

    @property
    def outside(self) -> bool:
        """Whether it is judged without its own code."""
        return self.code is not None

    @property
    def judges(self) -> Path:
        """Where the project's checks and metrics are taken from."""
        return self.code or self.root

    def same_code(self, module: str) -> bool:
        """Whether the project's `module`, with all that it imports, is that of `judges`."""
        if self.code is None:
            return True
        try:
            return _files(self.root, module) == _files(self.code, module)
        except (MainlineError, OSError):  # it cannot be read, so it is not
            return False

    def same_stage(self, stage: str) -> bool:
        """Whether what this stage wrote is of the code that the judging engine has for it.

        Another engine may write its reports otherwise: they are compared by its own gate.
        """
        if self.code is None:
            return True
        own, ours = EngineFile.read(self.root), EngineFile.read(self.code)
        return own.stages[stage] == ours.stages[stage]

    @cached_property
    def table(self) -> TableSettings:
        """The columns of its table and their roles."""
        return config.section(self.root, "table", TableSettings)

    @cached_property
    def task(self) -> Task:
        """The task: it defines the figures that the model is judged by."""
        return tasks.of(self.table)

    @cached_property
    def split(self) -> SplitSettings:
        """How its rows were divided."""
        return config.section(self.root, "split", SplitSettings)

    @cached_property
    def data(self) -> DataSettings:
        """Where its rows came from."""
        return config.section(self.root, "data", DataSettings)

    @cached_property
    def evaluation(self) -> EvaluationSettings:
        """The evaluation settings. A threshold that follows from costs is computed again.

        The committed threshold is kept when it is as good: see `threshold.choose`.
        """
        own = config.section(self.root, "evaluation", EvaluationSettings)
        return threshold.settled(own, self.validation, wish=self._shown(), tolerance=TOLERANCE)

    def validation(self) -> tuple[np.ndarray, np.ndarray]:
        """Target and scores of the validation rows. The threshold is chosen on these rows."""
        rows = self.part("validation")
        return rows[self.table.target].to_numpy(), trained.held_out(
            Layout(self.root).trained, len(rows)
        )

    def _shown(self) -> float | None:
        """The threshold in the committed figures, if they can be read."""
        try:
            shown = read_json(Layout(self.root).figures, made_by="dvc repro evaluate")["threshold"]
        except (MainlineError, KeyError, TypeError):
            return None
        return shown if isinstance(shown, float) else None

    @cached_property
    def package(self) -> PackageSettings:
        """Name and registry of the model image."""
        return config.section(self.root, "package", PackageSettings)

    @cached_property
    def content(self) -> str:
        """Content hash of the SavedModel's files."""
        return content.content_hash(Layout(self.root).saved_model)

    @property
    def version(self) -> int:
        """The version that the server will report."""
        return content.version(self.content)

    @cached_property
    def image(self) -> Image:
        """The model image, built from these bytes."""
        return build(Layout(self.root).saved_model, self.package.name, self.version)

    @property
    def descriptor(self) -> dict[str, Any]:
        """The expected content of `dist/descriptor.json`."""
        return descriptor.of(self.package, self.content, self.image)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Every row of the table."""
        return ingest.load(self.root)

    @cached_property
    def parts(self) -> pd.Series:
        """The part of every row, assigned again from key and settings."""
        return assign(self.frame, self.table, self.split)

    @cached_property
    def is_test(self) -> np.ndarray:
        """Which rows of `frame` are test rows, boolean (rows,)."""
        return np.asarray(self.parts == "test")

    def part(self, name: str) -> pd.DataFrame:
        """The rows of one part."""
        return self.frame[np.asarray(self.parts == name)]

    @cached_property
    def test(self) -> pd.DataFrame:
        """The test rows."""
        return self.frame[self.is_test]

    @cached_property
    def rows(self) -> Rows:
        """Targets and entities of the test rows."""
        return Rows.of(self.test[self.table.target], self.test[self.table.entity])

    @cached_property
    def scorer(self) -> Scorer:
        """The packaged model, loaded as a server loads it. Its inputs must be the features."""
        scorer = Scorer(Layout(self.root).saved_model, self.operations)
        if scorer.content != self.content:
            raise MainlineError(f"{Layout.saved_model} changed while it was judged.")
        if set(scorer.inputs) != set(self.table.features):
            raise MainlineError(
                f"the packaged model reads {', '.join(sorted(scorer.inputs))}; "
                f"`table` in params.yaml names {', '.join(sorted(self.table.features))}."
            )
        return scorer

    @cached_property
    def scores(self) -> np.ndarray:
        """The packaged model's scores of the test rows. It gets only their features."""
        return self.scorer.score(self.test[self.table.features])

    @cached_property
    def train(self) -> TrainSettings:
        """How it was trained."""
        return config.section(self.root, "train", TrainSettings)

    @cached_property
    def trained(self) -> Trained:
        """What training made, with the candidates that do not ship."""
        return trained.load(self.root, self.table)

    @cached_property
    def contenders(self) -> dict[str, Any]:
        """What `metrics/candidates.json` has to say. Needs the project's code."""
        return candidates.section(self.trained, self.test, self.rows, self.task, self.evaluation)

    @cached_property
    def baseline_scores(self) -> np.ndarray:
        """Test scores of the proposal's own baseline, fitted here."""
        return self.trees(self.train.baseline)

    def trees(self, settings: PlainTreesSettings) -> np.ndarray:
        """Test scores of trees with these settings, fitted on the training rows."""
        fitted = baseline.fit(self.part("train"), self.table, settings, self.train.seed)
        return baseline.score(fitted, self.test, self.table)

    @cached_property
    def figures(self) -> dict[str, Any]:
        """What `metrics/evaluation.json` has to say."""
        shown = judge(
            self.test,
            self.scores,
            self.baseline_scores,
            self.table,
            self.evaluation,
            own=self.metrics,
        )
        return shown | self.asked.sections(self.evaluation)

    @cached_property
    def metrics(self) -> Metrics:
        """Figures of the project's own."""
        return Metrics.of(self.judges, self.task.name)

    @cached_property
    def asked(self) -> Asked:
        """Computes the further sections: costs, fairness, robustness."""
        return Asked(
            self.scorer,
            self.test,
            self.scores,
            lambda: self.part("train"),
            self.table,
            stage="gate",
        )


def _files(root: Path, module: str) -> dict[str, bytes]:
    """The files of the project that a module imports, itself first: by name, what they hold."""
    files = (root / name for name in imported(root, (module,)))
    top = Layout(root).top.resolve()
    return {str(each.resolve().relative_to(top)): each.read_bytes() for each in files}
