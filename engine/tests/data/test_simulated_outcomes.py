"""What other tasks learn from simulated customers; the binary table stays what it was."""

from pathlib import Path

from mainline.core.table import TableSettings
from mainline.data import ingest
from mainline.data.catalogue import content_hash
from mainline.data.settings import DataSettings

DATA = {
    "as_of": "2026-06-30",
    "source": {
        "kind": "simulator",
        "seed": 7,
        "start": "2025-01-01",
        "customers": 4000,
        "joiners": 300,
        "drift": 0.3,
        "label_delay_days": 9,
    },
}
TABLE = {
    "entity": "customer_id",
    "time": "snapshot_date",
    "target": "churned",
    "positive": "yes",
    "numbers": [
        "age",
        "income",
        "tenure_months",
        "purchase_frequency",
        "days_since_purchase",
        "support_tickets",
        "discount_share",
    ],
    "categories": ["gender", "location", "device_type"],
}
# Of this very table, from before there were other outcomes.
BINARY = "sha256:c03249d6d6d9c95a723917785642d0db26d06b97cac25220917acb28e58c584c"


def test_outcomes_draw_from_a_generator_of_their_own():
    data = DataSettings.model_validate(DATA)
    _, frame = ingest.read(Path(), data, TableSettings.model_validate(TABLE))
    assert content_hash(frame) == BINARY
    raw = data.source.read(data.as_of, Path()).frame
    outcome, spend = raw["outcome"], raw["next_month_spend"]
    assert len(raw) == len(frame)
    assert (outcome.eq("leaves") == raw["churned"].eq("yes")).all()
    assert outcome.value_counts(normalize=True).round(1).to_dict() == {
        "stays": 0.7,
        "reduces": 0.2,
        "leaves": 0.1,
    }
    assert spend.gt(0).all()
    assert spend[outcome == "leaves"].median() < 0.6 * spend[outcome == "stays"].median()
