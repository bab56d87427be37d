"""The training rows of candidate and champion."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mainline.core.layout import Layout
from mainline.core.table import TableSettings
from mainline.data.settings import SplitSettings
from mainline.data.split import assign
from mainline.dvc.outputs import same_file
from mainline.gate.candidate import Candidate
from mainline.gate.champion import Champion


@dataclass(frozen=True)
class TrainingRows:
    """Both tables and the columns to compare, target last. `categories` are compared as text."""

    reference: pd.DataFrame
    current: pd.DataFrame
    columns: list[str]
    categories: set[str]


def of_both(candidate: Candidate, champion: Champion) -> TrainingRows | None:
    """The training rows of both, or None when they are the same; then no file is read.

    Raises OutOfReachError when the champion's table is not available, MainlineError when it is
    damaged or its settings do not parse.
    """
    table = champion.settings("table", TableSettings)
    split = champion.settings("split", SplitSettings)
    same = same_file(champion.git, [champion.commit], Layout.table, Layout(candidate.root).table)
    if same and split == candidate.split and table.key == candidate.table.key:
        return None
    theirs = candidate.frame if same else champion.table()
    ours = candidate.table
    features = [*ours.features, *(name for name in table.features if name not in ours.features)]
    categories = {*ours.categories, *table.categories}
    if ours.task != "regression":
        categories.add(ours.target)
    reference = theirs[np.asarray(assign(theirs, table, split) == "train")]
    current = candidate.frame[np.asarray(candidate.parts == "train")]
    if (Layout(candidate.root).saved_model).exists():
        # Both by the candidate's graph: another definition is not another behaviour.
        scorer = candidate.scorer
        current, features = scorer.added(current), [*features, *scorer.derived]
        if set(scorer.inputs) <= set(reference.columns):
            reference = scorer.added(reference)
    return TrainingRows(reference, current, [*features, ours.target], categories)
