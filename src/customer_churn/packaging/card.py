"""The model card: what a person should know before they rely on the model."""

from typing import Any

from customer_churn.core.table import TableSettings
from customer_churn.packaging.settings import PackageSettings

FIGURES = {
    "roc_auc": "ROC AUC",
    "pr_auc": "PR AUC",
    "log_loss": "Log loss",
    "brier": "Brier score",
    "calibration_error": "Calibration error",
    "f1": "F1",
}


def render(
    descriptor: dict[str, Any],
    evaluation: dict[str, Any],
    catalogue: dict[str, Any],
    table: TableSettings,
    package: PackageSettings,
) -> str:
    """Markdown made from the pipeline's own files; nothing in it is typed by hand."""
    slices = [
        f"| {name} | {about['rows']:,} | {_estimate(about['figures']['roc_auc'])} |"
        for name, about in evaluation["slices"].items()
    ]
    lines = [
        f"# Model card: {package.name}, version {descriptor['version']}",
        "",
        f"- Content `{descriptor['content']}`",
        f"- Image `{descriptor['image']}@{descriptor['digest']}`",
        f"- Predicts the probability that `{table.target}` is `{table.positive}`; "
        f"called positive from {evaluation['threshold']:g} on",
        f"- Reads numbers {_names(table.numbers)}",
        f"- Reads categories {_names(table.categories)}",
        f"- Data: {catalogue['source']}, as of {catalogue['as_of']}, {catalogue['rows']:,} rows, "
        f"`{catalogue['content']}`",
        "",
        f"## Figures on {evaluation['rows']:,} test rows of {evaluation['entities']:,} entities",
        "",
        f"Intervals hold {evaluation['confidence']:.0%}; rows of one entity are kept together.",
        "",
        "| figure | network | baseline (gradient-boosted trees) |",
        "| --- | --- | --- |",
        *(
            f"| {label} | {_estimate(evaluation['model'][name])} | "
            f"{_estimate(evaluation['baseline'][name])} |"
            for name, label in FIGURES.items()
        ),
        "",
        "## Slices",
        "",
        "| slice | test rows | ROC AUC |",
        "| --- | --- | --- |",
        *slices,
        "",
        "## Limits",
        "",
        "- A missing value is scored as missing and a category never seen in training as unknown; "
        "neither is an error.",
        "- The figures hold for rows like the test rows. They say nothing about causes: a high "
        "score is no reason why somebody acts.",
        "- The golden rows inside the model are made up from column statistics; the model image "
        "carries no row of the data.",
        "",
    ]
    return "\n".join(lines)


def _names(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def _estimate(figure: dict[str, Any]) -> str:
    if figure["value"] is None:
        return "none"
    if figure["low"] is None or figure["high"] is None:
        return f"{figure['value']:.4f}"
    return f"{figure['value']:.4f} ({figure['low']:.4f} to {figure['high']:.4f})"
