"""Predictions joined with labels, of a few rows."""

import datetime

from labelled_log import predictions, released, store

from mainline.monitoring.labels import labelled
from mainline.monitoring.log_table import LogTable
from mainline.monitoring.window import Window
from mainline.params.monitoring import MonitoringSettings

JUNE = Window.parse("2026-06-01", "2026-06-30")
AS_OF = datetime.date(2026, 8, 1)
KNOWN = {"known": "known"}
# Who, the month that the row is about, the label, the day on which it became known.
ROWS = [
    ("a", "2026-06-01", "yes", "2026-07-05"),
    ("b", "2026-06-01", "no", "2026-07-05"),
    ("c", "2026-05-01", "no", "2026-06-02"),
    ("c", "2026-06-01", None, None),
    ("d", "2026-06-01", "no", "2026-06-10"),
    ("e", "2026-06-01", "yes", "2026-07-05"),
    ("e", "2026-06-01", "no", "2026-07-05"),
]


def joined(root, asked, watched=None, *, window=JUNE, as_of=AS_OF, inputs=True, **labels):
    settings = MonitoringSettings.model_validate({"labels": KNOWN | labels})
    parts = root, watched or released()
    with LogTable.opened(store(root, predictions(asked)), window) as log:
        return labelled(*parts, log, settings, as_of=as_of, window=window, inputs=inputs)


def asked(*pairs):
    return [{"entity": who, "time": f"2026-06-{day}T12:00"} for who, day in pairs]


def found(labels):
    rows = labels.rows[["entity", "time", "target"]].itertuples(index=False)
    return [(who, moment.day, target) for who, moment, target in rows]
