import datetime
import json
from pathlib import Path

import pytest
from customer_churn.simulator import SimulatorSource

from mainline.core.layout import Layout

KEY = ["customer_id", "snapshot_date"]
SETTINGS = {
    "kind": "simulator",
    "seed": 7,
    "start": "2025-01-01",
    "customers": 400,
    "joiners": 20,
    "label_delay_days": 9,
}


def read(as_of, **changed):
    source = SimulatorSource.model_validate(SETTINGS | changed)
    return source.read(datetime.date.fromisoformat(as_of), Path())


def labels(raw):
    return raw.frame.set_index(KEY)["churned"]


def test_row_whose_label_is_not_known_yet_is_counted_and_left_out():
    early, complete = read("2025-07-05"), read("2025-07-05", label_delay_days=0)

    assert complete.notes == {"pending": 0}
    assert early.notes["pending"] > 50
    assert len(early.frame) + early.notes["pending"] == len(complete.frame)


def test_late_label_arrives_and_no_old_row_changes():
    early, later = labels(read("2025-07-05")), labels(read("2025-09-30"))
    arrived = later.drop(early.index)
    month = arrived.index.get_level_values("snapshot_date")

    assert later[early.index].equals(early)
    assert (month < "2025-07-01").any()


def test_whole_row_is_the_same_when_its_neighbours_arrive():
    early, later = (read(day).frame.set_index(KEY) for day in ("2025-07-05", "2025-09-30"))

    assert later.loc[early.index].equals(early)


def test_newest_month_waits_for_most_of_its_labels():
    months = read("2025-07-05").frame["snapshot_date"].value_counts().sort_index()

    assert months.iloc[-1] < 0.6 * months.iloc[0]


def test_label_is_never_known_before_its_month_is_over():
    assert read("2025-06-30").frame["snapshot_date"].max().month == 5


@pytest.fixture
def made_up(project):
    project.params["data"] = {"as_of": "2025-07-05", "source": SETTINGS}
    project.params["table"] |= {
        "entity": "customer_id",
        "time": "snapshot_date",
        "target": "churned",
        "categories": ["gender"],
    }
    return project


def test_catalogue_says_how_many_are_pending(made_up, capsys):
    made_up.ingest()
    about = json.loads(Layout(made_up.root).catalogue.read_text())

    pending = about["notes"]["pending"]
    assert pending == read("2025-07-05").notes["pending"]
    assert f"{pending:,} more have no label yet" in capsys.readouterr().out


def test_catalogue_says_that_nobody_is_real(made_up):
    made_up.ingest()
    about = json.loads(Layout(made_up.root).catalogue.read_text())

    assert about["source"] == "simulated customers, seed 7 (no real person)"
