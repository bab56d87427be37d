"""Curves as Mermaid: GitHub draws them itself, so no picture leaves for somebody's host."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from customer_churn.core import paths
from customer_churn.core.errors import UserError

POINTS = 21

# Mermaid's own first colour is all but white; these two stand out on a light and a dark page.
COLOURS = "#1f77b4, #ff7f0e"
THEME = f'%%{{init: {{"themeVariables": {{"xyChart": {{"plotColorPalette": "{COLOURS}"}}}}}}}}%%'


@dataclass(frozen=True)
class Axis:
    """A label and the ends of a range."""

    label: str
    low: float
    high: float

    def render(self) -> str:
        """As Mermaid writes it."""
        return f'"{self.label}" {self.low:.4g} --> {self.high:.4g}'


def curves(root: Path) -> list[str]:
    """Training, ROC and calibration charts from the committed curve files."""
    training = _read(root, "training")
    roc = _read(root, "roc")
    roc = roc.iloc[:: max(len(roc) // (POINTS - 1), 1)]
    calibration = _read(root, "calibration")
    losses = training[["loss", "validation_loss"]].to_numpy()
    most = float(calibration[["mean_score", "observed"]].to_numpy().max())
    unit = Axis("true positive rate", 0, 1)
    return [
        *_chart(
            "Loss by epoch: training (blue), validation (orange)",
            Axis("epoch", 1, max(len(training), 2)),
            Axis("loss", float(losses.min()) * 0.98, float(losses.max()) * 1.02),
            [training["loss"], training["validation_loss"]],
        ),
        *_chart(
            "ROC: the model (blue), chance (orange)",
            Axis("false positive rate", 0, 1),
            unit,
            [roc["true_positive_rate"], roc["false_positive_rate"]],
        ),
        *_chart(
            "Calibration by tenth: mean score (blue), observed share (orange)",
            Axis("tenth", 1, max(len(calibration), 2)),
            Axis("share", 0, max(most * 1.05, 0.01)),
            [calibration["mean_score"], calibration["observed"]],
        ),
    ]


def _chart(title: str, x: Axis, y: Axis, lines: Sequence[pd.Series]) -> Iterator[str]:
    yield from ("```mermaid", THEME, "xychart-beta", f'    title "{title}"')
    yield from (f"    x-axis {x.render()}", f"    y-axis {y.render()}")
    for line in lines:
        yield f"    line [{', '.join(f'{value:.4f}' for value in line)}]"
    yield from ("```", "")


def _read(root: Path, name: str) -> pd.DataFrame:
    path = root / paths.PLOTS / f"{name}.csv"
    try:
        return pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read ({error}); `dvc repro` writes it.") from None
