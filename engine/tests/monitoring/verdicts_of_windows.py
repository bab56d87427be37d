"""A verdict with a figure of most kinds and states."""

from mainline.monitoring.finding import Finding, Verdict
from mainline.monitoring.window import Window

WINDOW = Window.parse("2026-11-22", "2026-11-28")
MODEL = {
    "name": "churn",
    "environment": "production",
    "version": "68311111413957",
    "commit": "0123456789abcdef" * 2 + "01234567",
}
COUNTS = {
    "rows": 104_230,
    "requests": 98_112,
    "entities": 41_007,
    "errors": 37,
    "other_versions": 512,
    "labelled": 9_120,
}
DRIFTED = Finding(
    "drift",
    "drift.income",
    "alarm",
    "income moved from a median of 41,200 to 52,900; its PSI of 0.31 is above 0.1.",
    value=0.3127,
    bar=0.1,
    rows=104_230,
)
UNKNOWN = Finding("concept", "concept.loss", "unknown", "1 week has labels; 3 are needed.")
FOUND = [
    Finding("drift", "drift.age", "quiet", "age is as it was.", 0.0123, bar=0.1, rows=104_230),
    DRIFTED,
    Finding(
        "prediction", "prediction.mean", "quiet", "As promised.", 0.21, 0.20, 0.22, 0.05, 104_230
    ),
    Finding(
        "quality",
        "quality.roc_auc[gender=male]",
        "alarm",
        "ROC AUC of gender=male is below 0.8 | with its whole interval.",
        0.7412,
        0.7203,
        0.7611,
        0.8,
        4_511,
    ),
    UNKNOWN,
    Finding("business", "business.cost", "quiet", "Wrong calls cost 12,304.", 12_304.0, rows=9_120),
    Finding("service", "service.p99", "quiet", "99 % within 31 ms.", 31.0, rows=98_112),
]
VERDICT = Verdict(WINDOW, MODEL, COUNTS, FOUND)


def of(*findings: Finding) -> Verdict:
    """The same window with other findings."""
    return Verdict(WINDOW, MODEL, COUNTS, list(findings))
