"""Curves as Mermaid charts. GitHub draws them, so no image is uploaded to a third party."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout

POINTS = 21

ROC = {
    "binary": "ROC: the model (blue), chance (orange)",
    "multiclass": "ROC, mean of the classes: the model (blue), chance (orange)",
}
TENTHS = {
    "binary": "Calibration by tenth: mean score (blue), observed share (orange)",
    "multiclass": "The label by tenth: its mean score (blue), share that is right (orange)",
    "regression": "Predicted by tenth: mean prediction (blue), mean target (orange)",
}

# Mermaid's first default colour is nearly white. These two are visible on light and dark pages.
COLOURS = "#1f77b4, #ff7f0e"
THEME = f'%%{{init: {{"themeVariables": {{"xyChart": {{"plotColorPalette": "{COLOURS}"}}}}}}}}%%'


@dataclass(frozen=True)
class Axis:
    """The label and the range of an axis."""

    label: str
    low: float
    high: float

    def render(self) -> str:
        """The axis in Mermaid's syntax."""
        return f'"{self.label}" {_number(self.low)} --> {_number(self.high)}'


def curves(root: Path, task: str) -> list[str]:
    """Training, ROC where the task has one, and tenths, from the committed curve files."""
    training = _read(root, "training")
    losses = training[["loss", "validation_loss"]].to_numpy()
    return [
        *_chart(
            "Loss by epoch: training (blue), validation (orange)",
            Axis("epoch", 1, max(len(training), 2)),
            Axis("loss", float(losses.min()) * 0.98, float(losses.max()) * 1.02),
            [training["loss"], training["validation_loss"]],
        ),
        *(_roc(root, ROC[task]) if task in ROC else []),
        *_tenths(root, TENTHS[task], shares=task != "regression"),
    ]


def _roc(root: Path, title: str) -> Iterator[str]:
    roc = _read(root, "roc")
    roc = roc.iloc[:: max(len(roc) // (POINTS - 1), 1)]
    yield from _chart(
        title,
        Axis("false positive rate", 0, 1),
        Axis("true positive rate", 0, 1),
        [roc["true_positive_rate"], roc["false_positive_rate"]],
    )


def _tenths(root: Path, title: str, *, shares: bool) -> Iterator[str]:
    tenths = _read(root, "calibration")
    values = tenths[["mean_score", "observed"]].to_numpy()
    low, high = float(values.min()), float(values.max())
    room = 0.05 * (high - low)
    scale = (
        Axis("share", 0, max(high * 1.05, 0.01))
        if shares
        else Axis("target", low - room, high + room or low + 1)
    )
    yield from _chart(
        title,
        Axis("tenth", 1, max(len(tenths), 2)),
        scale,
        [tenths["mean_score"], tenths["observed"]],
    )


def _chart(title: str, x: Axis, y: Axis, lines: Sequence[pd.Series]) -> Iterator[str]:
    yield from ("```mermaid", THEME, "xychart-beta", f'    title "{title}"')
    yield from (f"    x-axis {x.render()}", f"    y-axis {y.render()}")
    for line in lines:
        yield f"    line [{', '.join(map(_number, line))}]"
    yield from ("```", "")


def _number(value: float) -> str:
    """Four digits without an exponent, which Mermaid cannot read."""
    return np.format_float_positional(value, precision=4, unique=False, fractional=False, trim="-")


def _read(root: Path, name: str) -> pd.DataFrame:
    path = Layout(root).plots / f"{name}.csv"
    try:
        return pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise MainlineError(f"{path} cannot be read ({error}); `dvc repro` writes it.") from None
