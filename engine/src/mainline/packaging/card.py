"""The model card: what a person should know before they rely on the model."""

from typing import Any

from mainline.core.table import TableSettings
from mainline.evaluation.names import FIGURES, leading
from mainline.evaluation.words import amount, estimate
from mainline.packaging import behaviour
from mainline.packaging.settings import PackageSettings


def render(
    descriptor: dict[str, Any],
    evaluation: dict[str, Any],
    catalogue: dict[str, Any],
    table: TableSettings,
    package: PackageSettings,
) -> str:
    """Markdown made from the pipeline's own files; nothing in it is typed by hand."""
    led = leading(table.task)
    slices = [
        f"| {name} | {about['rows']:,} | {estimate(about['figures'][led.name])} |"
        for name, about in evaluation["slices"].items()
    ]
    lines = [
        f"# Model card: {package.name}, version {descriptor['version']}",
        "",
        f"- Content `{descriptor['content']}`",
        f"- Image `{descriptor['image']}@{descriptor['digest']}`",
        f"- {_answers(table, evaluation)}",
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
            f"| {each.label} | {estimate(evaluation['model'][each.name], unit=each.unit)} | "
            f"{estimate(evaluation['baseline'][each.name], unit=each.unit)} |"
            for each in FIGURES[table.task]
        ),
        *(
            f"| `{name}` | {estimate(evaluation['model'][name], unit=True)} | "
            f"{estimate(evaluation['baseline'][name], unit=True)} |"
            for name in evaluation.get("metrics", {})
        ),
        "",
        "## Slices",
        "",
        f"| slice | test rows | {led.short} |",
        "| --- | --- | --- |",
        *slices,
        "",
        *behaviour.lines(evaluation, led.short),
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


def _answers(table: TableSettings, evaluation: dict[str, Any]) -> str:
    """What a served answer says."""
    if table.task == "multiclass":
        classes = ", ".join(f"`{label}`" for label in table.labels)
        return (
            f"Predicts how probable each `{table.target}` is, in the order {classes}; `label` is "
            "the most probable one"
        )
    if table.task == "regression":
        about = evaluation["target"]
        return (
            f"Predicts `{table.target}`, an amount; in the test rows its mean is "
            f"{amount(about['mean'])} and its deviation {amount(about['deviation'])}"
        )
    start = evaluation.get("threshold")
    called = (
        "no threshold could be chosen" if start is None else f"called positive from {start!r} on"
    )
    return f"Predicts the probability that `{table.target}` is `{table.positive}`; {called}"
