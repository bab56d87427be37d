"""Comment and charts of a multiclass and of a regression task."""

import pytest
from verdicts import judged

from mainline.core.layout import Layout
from mainline.evaluation.words import amount
from mainline.evaluation.words import estimate as words
from mainline.report import report

COUNTS = {"stays": {"stays": 80, "a|b": 20}, "a|b": {"stays": 1, "a|b": 0}}


def test_classes_have_a_table_of_what_is_called_what(repository):
    classes = {"stays": 100, "a|b": 1}
    text = report.render(repository, judged("multiclass", classes=classes, confusion=COUNTS))
    assert "| Macro ROC AUC (one against the rest) | 0.8000 (0.7900 to 0.8100) |" in text
    assert "Macro ROC AUC against the champion: **+0.0200" in text
    assert "| is ↓, called → | `stays` |" in text
    assert "| 80 (80%) | 20 (20%) |" in text
    assert "| rarest class | Macro ROC AUC | mean bias |" in text
    assert "threshold" not in text
    assert text.count("```mermaid") == 3


def test_many_classes_have_the_worst_confusions_instead(repository):
    labels = [f"c{number}" for number in range(20)]
    counts = {one: {other: 5 + 90 * (one == other) for other in labels} for one in labels}
    counts["c3"]["c7"] = 50
    text = report.render(
        repository,
        judged("multiclass", classes=dict.fromkeys(labels, 9), confusion=counts),
    )
    assert "| is | called | test rows |" in text
    assert text.index("| `c3` | `c7` | 50 (") < text.index("| 5 (")
    assert text.count("| 5 (") == 9


def test_without_a_confusion_the_figures_still_stand(repository):
    text = report.render(repository, judged("multiclass", classes={"a": 0}, confusion=None))
    assert "| Macro F1 |" in text


def test_an_amount_has_its_unit_and_tenths_and_no_roc(repository):
    path = Layout(repository.root).plots / "calibration.csv"
    path.write_text("mean_score,observed,rows\n-123456.7,-120000,50\n98765.4,1e5,50\n")
    (Layout(repository.root).plots / "roc.csv").unlink()
    about = {"target": {"mean": 96_840.2, "deviation": 98.71}}
    text = report.render(repository, judged("regression", **about))
    assert "| R² | 0.8000" in text
    assert "| Root mean squared error ↓ | 48,213 (48,213 to 48,213) |" in text
    assert "the target's mean is 96,840, its deviation 98.71" in text
    assert "R² against the champion" in text
    assert "| slice | test rows | mean target | R² | mean bias |" in text
    assert text.count("```mermaid") == 2
    assert "line [-123500, 98770]" in text
    assert "could not be written" not in text


@pytest.mark.parametrize(
    ("value", "shown"),
    [(48.2134, "48.21"), (48_213.4, "48,213"), (0.000012345, "0.00001234"), (0.0, "0.000")],
)
def test_an_amount_is_told_with_four_digits_whatever_its_size(value, shown):
    assert amount(value) == shown
    assert words({"value": value, "low": None, "high": None}, unit=True) == shown
