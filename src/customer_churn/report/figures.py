"""The table of figures: proposal, champion, baseline, each with its interval."""

from typing import Any

from customer_churn.report.markdown import code, table

NAMES = {
    "roc_auc": "ROC AUC",
    "pr_auc": "PR AUC",
    "log_loss": "Log loss ↓",
    "brier": "Brier score ↓",
    "calibration_error": "Calibration error ↓",
    "mean_bias": "Mean bias ↓",
    "f1": "F1 at the threshold",
}
CELLS = {
    "true_positives": "true positives",
    "false_positives": "false positives",
    "false_negatives": "false negatives",
    "true_negatives": "true negatives",
}


def estimate(figure: dict[str, Any] | None, digits: int = 4) -> str:
    """`0.8039 (0.7908 to 0.8170)`; `none` where there is no figure."""
    if not figure or figure.get("value") is None:
        return "none"
    if figure.get("low") is None or figure.get("high") is None:
        return f"{figure['value']:.{digits}f}"
    low, high = figure["low"], figure["high"]
    return f"{figure['value']:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def lines(verdict: dict[str, Any]) -> list[str]:
    """The table, and under it how the champion was compared with."""
    figures = verdict["candidate"].get("figures")
    if figures is None:
        return ["There are no figures: the model could not be scored."]
    champion = verdict["champion"] or {}
    theirs = champion.get("figures")
    header = ["", "this proposal", *(["champion on main"] if theirs else []), "baseline (trees)"]
    rows = [
        [
            label,
            estimate(figures["model"].get(name)),
            *([estimate(theirs.get(name))] if theirs else []),
            estimate(figures["baseline"].get(name)),
        ]
        for name, label in NAMES.items()
    ]
    return [*table(header, rows), "", _how(figures, champion), *_confusion(figures["model"])]


def _confusion(model: dict[str, Any]) -> list[str]:
    """The confusion table as shares of all test rows, each with its interval, in one line."""
    shown = {name: figure for name in CELLS if (figure := model.get(name))}
    if not shown or any(figure["value"] is None for figure in shown.values()):
        return []
    parts = [f"{CELLS[name]} {_share(figure)}" for name, figure in shown.items()]
    return ["", f"Of all test rows at the threshold: {', '.join(parts)}."]


def _share(figure: dict[str, Any]) -> str:
    ends = "" if figure["low"] is None else f" ({figure['low']:.1%} to {figure['high']:.1%})"
    return f"{figure['value']:.1%}{ends}"


def _how(figures: dict[str, Any], champion: dict[str, Any]) -> str:
    where = (
        f"{figures['rows']:,} test rows of {figures['entities']:,} entities, intervals "
        f"{figures['confidence']:.0%}, threshold {figures['threshold']:g}."
    )
    if champion.get("difference"):
        by = champion["difference"]
        shown = f"{by['value']:+.4f} ({by['low']:+.4f} to {by['high']:+.4f})"
        return (
            f"{where} ROC AUC against the champion: **{shown}**, paired on "
            f"{champion['rows']:,} rows."
        )
    if champion.get("figures"):
        return f"{where} The champion's figures are the recorded ones, not scored again."
    return where


def slices(verdict: dict[str, Any]) -> list[str]:
    """One row a slice."""
    figures = verdict["candidate"].get("figures")
    if not figures or not figures["slices"]:
        return ["No slices."]
    rows = [
        [
            code(name),
            f"{about['rows']:,}",
            f"{about['positives']:,}",
            estimate(about["figures"]["roc_auc"]),
            estimate(about["figures"]["mean_bias"]),
        ]
        for name, about in figures["slices"].items()
    ]
    return table(["slice", "test rows", "positives", "ROC AUC", "mean bias"], rows)
