"""The model card: the facts that users of the model need."""

from typing import Any

from mainline.core.table import TableSettings
from mainline.evaluation.names import FIGURES, leading
from mainline.evaluation.why_it_ships import verb, why
from mainline.evaluation.words import amount, estimate, signed
from mainline.packaging import behaviour
from mainline.packaging.settings import PackageSettings


def render(
    descriptor: dict[str, Any],
    evaluation: dict[str, Any],
    catalogue: dict[str, Any],
    table: TableSettings,
    package: PackageSettings,
    *,
    candidates: dict[str, Any],
) -> str:
    """The card in Markdown, generated from the pipeline's files."""
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
        "| figure | model | baseline (gradient-boosted trees) |",
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
        *_candidates(candidates, led.short),
        "## Slices",
        "",
        f"| slice | test rows | {led.short} |",
        "| --- | --- | --- |",
        *slices,
        "",
        *behaviour.lines(evaluation, led.short),
        "## Limits",
        "",
        "- A missing value is scored as missing, and a category that is new as unknown. Neither is "
        "an error.",
        "- The figures are valid for rows like the test rows. They say nothing about causes.",
        "- The golden rows inside the model are synthetic, made from column statistics. The model "
        "image has no row of the data.",
        "",
    ]
    return "\n".join(lines)


def _candidates(found: dict[str, Any], short: str) -> list[str]:
    """What could have shipped, and what does."""
    share = f" ({found['trees_share']:.0%} trees)" if found["ships"] == "blend" else ""
    return [
        "## Candidates",
        "",
        f"The {found['ships']}{share} {verb(found['ships'])}: {why(found)}",
        "",
        "Differences to it are on test rows, and paired. What each costs, measured once, "
        "is in the comment on the pull request.",
        "",
        f"| candidate | {short} | difference | MB |",
        "| --- | --- | --- | --- |",
        *(
            f"| {name} | {estimate(each['figure'])} | "
            f"{'ships' if name == found['ships'] else signed(each['difference'])} | "
            f"{each['bytes'] / 1e6:.2f} |"
            for name, each in found["candidates"].items()
        ),
        "",
    ]


def _names(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def _answers(table: TableSettings, evaluation: dict[str, Any]) -> str:
    """A sentence on the meaning of a served answer."""
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
        "no threshold could be chosen"
        if start is None
        else f"a score of {start!r} or more is called positive"
    )
    return f"Predicts the probability that `{table.target}` is `{table.positive}`; {called}"
