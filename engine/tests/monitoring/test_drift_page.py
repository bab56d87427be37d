"""Evidently's page: made of a sample, self-contained, and left without what would abort it."""

import json
import re
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from mainline.core.errors import MainlineError
from mainline.monitoring import evidently_page as page

ROWS = 300


def table(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    found = pd.DataFrame(
        {
            "age": rng.normal(40 + seed, 10, ROWS),
            "infinite": np.where(rng.uniform(size=ROWS) < 0.1, np.inf, rng.normal(size=ROWS)),
            "constant": np.zeros(ROWS),
            "city": pd.Series(rng.choice(["bonn", "<b>ulm", "köln"], ROWS)),
            "id": [f"c{seed}-{row}" for row in range(ROWS)],
            "nothing": np.full(ROWS, np.nan),
            "left": rng.integers(0, 2, ROWS),
        }
    )
    return found.assign(holes=found["city"].where(found["age"] > 40))


COLUMNS = ["age", "infinite", "constant", "city", "id", "nothing", "gone", "holes", "left"]
TEXTS = {"city", "id", "holes", "left"}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "reports" / "drift.html"
    return path, page.write(table(1), table(2), COLUMNS, TEXTS, path)


def test_columns_without_values_in_both_tables_are_left_out_and_named(written):
    assert written[1] == ["nothing", "gone"]


def test_the_page_is_one_file_that_names_its_columns_and_loads_nothing_else(written):
    path, _ = written
    text = path.read_text()
    for name in set(COLUMNS) - {"nothing", "gone"}:
        assert name in text
    assert [found.name for found in path.parent.iterdir()] == ["drift.html"]
    loaded = re.findall(r"<(?:script|link|img|iframe|source)\b[^>]*\b(?:src|href)=", text)
    assert loaded == []


def test_tables_without_a_column_in_common_make_no_page(tmp_path):
    path = tmp_path / "drift.html"
    with pytest.raises(MainlineError, match="nothing to draw"):
        page.write(table(1), table(2), ["nothing", "gone"], set(), path)
    assert not path.exists()


def test_a_sample_is_drawn_of_large_tables(monkeypatch, tmp_path):
    seen = []
    monkeypatch.setattr(page, "MOST", 50)
    monkeypatch.setattr(page, "_save", lambda *found: seen.extend(found) or found[-1].touch())
    page.write(table(1), table(2), ["age", "city"], {"city"}, tmp_path / "drift.html")
    assert [len(frame) for frame in seen[:2]] == [50, 50]
    before = [frame.copy() for frame in seen[:2]]
    seen.clear()
    page.write(table(1), table(2), ["age", "city"], {"city"}, tmp_path / "drift.html")
    for one, other in zip(before, seen[:2], strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_what_makes_evidently_give_up_is_told(monkeypatch, tmp_path):
    def broken(*_):
        raise MainlineError("Evidently could not draw the page: ValueError: no")

    monkeypatch.setattr(page, "_save", broken)
    with pytest.raises(MainlineError, match="could not draw"):
        page.write(table(1), table(2), ["age"], set(), tmp_path / "drift.html")
    assert list(tmp_path.iterdir()) == []


def test_without_evidently_a_command_that_adds_it_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "evidently", None)  # as where it is not installed
    with pytest.raises(
        MainlineError, match=r"package evidently, which is not installed. `make drift`"
    ):
        page.write(table(1), table(2), ["age"], set(), tmp_path / "drift.html")
    assert list(tmp_path.iterdir()) == []


def browsed(path, tmp_path) -> tuple[str, list[str]]:
    """What a browser without a network makes of a page, and which addresses the page asks for.

    A browser asks for some of its own; those of a page have an origin.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium, "no Chromium is here; `apt-get install chromium`"
    log = tmp_path / f"{path.name}.json"
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=20000"]
    options += [f"--user-data-dir={tmp_path / 'profile'}", f"--log-net-log={log}"]
    options += ["--host-resolver-rules=MAP * ~NOTFOUND", "--dump-dom"]
    done = subprocess.run(
        [chromium, *options, path.as_uri()],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        timeout=180,
        check=True,
    )
    events = [event.get("params", {}) for event in json.loads(log.read_text())["events"]]
    asked = [
        event["url"]
        for event in events
        if event.get("initiator", "not an origin") != "not an origin"
        and event.get("url", "").startswith("http")
    ]
    return done.stdout, asked


@pytest.mark.check
def test_a_browser_draws_it_and_it_asks_for_nothing(written, tmp_path):
    drawn, asked = browsed(written[0], tmp_path)
    assert "Dataset Drift" in drawn
    assert "<svg" in drawn
    assert asked == []
    curious = tmp_path / "curious.html"
    curious.write_text("<script>fetch('https://example.com/asked')</script>")
    assert browsed(curious, tmp_path)[1] == ["https://example.com/asked"]
