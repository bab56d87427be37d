"""A bag of gradient-boosted trees: one model a fold, stopped early on the fold left out."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.model_selection import GroupKFold

from mainline.core.errors import DataError, MainlineError
from mainline.core.progress import Progress, say
from mainline.core.table import TaskName
from mainline.trees.settings import MANY_VALUES, BagSettings

if TYPE_CHECKING:
    import lightgbm

MANY = 60_000  # rows of which one fold alone tells which size of trees is better
Rows = tuple[np.ndarray, np.ndarray, np.ndarray]  # columns, target, entities


@dataclass(frozen=True)
class Bag:
    """The models, whose mean answers, and `held_out`: answers to rows of the fold left out.

    Answers are float64 (rows, outputs): log odds, logits, or the target's unit.
    """

    models: "list[lightgbm.Booster]"
    held_out: np.ndarray


def best(
    rows: Rows,
    settings: BagSettings,
    loss: Callable[[np.ndarray, np.ndarray], float],
    *,
    categories: int,
    task: TaskName,
    outputs: int,
    seed: int,
) -> Bag:
    """The bag with the lowest `loss` of its held-out answers among `settings.num_leaves`.

    `loss` is given answers and the places of their rows: all of them, or one fold of many rows or
    values.
    `rows` are float32 (rows, columns), whose last `categories` columns are ids, targets (rows,) and
    entities (rows,). An entity's rows are in one fold. The same rows give the same trees, on any
    number of cores. Raises MainlineError when LightGBM cannot be loaded, DataError when all rows
    are of one entity.
    """
    library = _lightgbm()
    columns, target, entities = rows
    groups = np.unique(entities.astype(str), return_inverse=True)[1]
    parts = min(settings.parts(columns.size), groups.max() + 1)
    if parts == 1:
        raise DataError(
            "the trees are fitted in folds by entity, so that each entity is judged by trees that "
            "have not seen it.",
            where="training rows",
            found=f"one entity in {len(columns):,} rows",
            expected="two or more",
            hint="`table.entity` names the column; a longer time of training brings more.",
        )
    splitter = GroupKFold(parts, shuffle=True, random_state=seed)
    numbers = columns.shape[1] - categories
    parameters = settings.model_dump(exclude={"folds", "num_leaves", "max_bin"}) | {
        **settings.bins(numbers, categories),
        "objective": task,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
    if task == "multiclass":
        parameters["num_class"] = outputs
    ids = list(range(numbers, columns.shape[1]))
    whole = library.Dataset(
        columns, target, categorical_feature=ids, params=parameters, free_raw_data=False
    ).construct()
    folds = [
        (sorted(inside), sorted(out)) for inside, out in splitter.split(columns, groups=groups)
    ]
    few = len(columns) <= MANY and columns.size <= MANY_VALUES
    judging = folds if few else folds[:1]
    places = np.sort(np.concatenate([out for _, out in judging]))
    found: list[tuple[float, int, Bag]] = []
    for leaves in settings.num_leaves:
        bag = _fit(whole, columns, judging, parameters | {"num_leaves": leaves, "seed": seed})
        found.append((loss(bag.held_out[places], places), leaves, bag))
        count = sum(model.num_trees() for model in bag.models)
        say("train", f"{count:,} trees of {leaves} leaves: loss {found[-1][0]:.4f}")
        if len(found) > 1 and found[-1][0] >= found[-2][0]:
            break
    _, leaves, bag = min(found, key=lambda each: each[0])
    others = folds[len(judging) :]
    if not others:
        return bag
    chosen = parameters | {"num_leaves": leaves, "seed": seed + len(judging)}
    rest = _fit(whole, columns, others, chosen)
    return Bag(bag.models + rest.models, bag.held_out + rest.held_out)


def _fit(
    whole: "lightgbm.Dataset",
    columns: np.ndarray,
    folds: list[tuple[list[int], list[int]]],
    parameters: dict[str, Any],
) -> Bag:
    models, held_out = [], np.zeros((len(columns), parameters.get("num_class", 1)))
    with Progress("train", "trees", len(folds)) as progress:
        for number, (inside, outside) in enumerate(folds):
            model = _lightgbm().train(
                parameters | {"seed": parameters["seed"] + number},
                whole.subset(inside),
                valid_sets=[whole.subset(outside)],
            )
            models.append(model)
            answers = np.asarray(model.predict(columns[outside], raw_score=True))
            held_out[outside] = answers.reshape(len(outside), -1)
            progress.step()
    return Bag(models, held_out)


def _lightgbm() -> ModuleType:
    """The library. It needs OpenMP's, which its wheel does not bring."""
    try:
        import lightgbm  # noqa: PLC0415
    except OSError as error:
        raise MainlineError(
            f"LightGBM cannot be loaded: {error}.",
            hint="`apt-get install libgomp1` installs OpenMP's library, `brew install libomp` on "
            "macOS.",
        ) from None
    return lightgbm
