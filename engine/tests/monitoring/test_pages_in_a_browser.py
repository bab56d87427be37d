"""A verdict's page and a retraining's text, as `mainline preview` shows them in Chromium."""

import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from verdicts_of_windows import DRIFTED, VERDICT

from mainline.monitoring import verdict_page
from mainline.preview import page
from mainline.retraining import request_body
from mainline.retraining.asked import Asked
from mainline.retraining.newer_rows import Rows
from mainline.retraining.triggers import evidence

pytestmark = pytest.mark.check

RUN = "https://github.example/o/r/actions/runs/5"


def body() -> str:
    close = SimpleNamespace(close=True)
    main = SimpleNamespace(
        name="churn",
        data=SimpleNamespace(as_of="2026-10-31"),
        monitoring=SimpleNamespace(retrain=close),
        by_time=True,
    )
    asked = Asked(("drift",), "drift.income is 0.3127", evidence(VERDICT, [DRIFTED]), "bot")
    return request_body.body(main, Rows(date(2026, 11, 30), 51_200, 1_200), asked, RUN)


def shown(browser, root: Path, text: str) -> str:
    """The document that Chromium makes of a text; its picture is `page.png` in `root`."""
    (root / "page.md").write_text(text)
    made = page.render(root, Path("page.md"))
    assert made.broken == []
    html = root / "page.html"
    html.write_text(made.html)
    dom = browser.dom(html.as_uri())
    assert browser.asked == []
    assert 'data-drawn="light"' in dom
    browser.screenshot(html.as_uri(), root / "page.png")
    assert (root / "page.png").stat().st_size > 10_000
    return dom[dom.index("<main>") : dom.index("</main>")]


def cells(main: str, row: str) -> list[str]:
    """The texts of the table's row that has a cell `row`."""
    rows = re.findall(r"<tr>(.*?)</tr>", main, re.DOTALL)
    read = [
        [re.sub(r"<[^>]+>", "", it) for it in re.findall(r"<td.*?</td>", each)] for each in rows
    ]
    [found] = [each for each in read if row in each]
    return found


def test_the_page_of_a_verdict(browser, tmp_path):
    main = shown(browser, tmp_path, verdict_page.text(VERDICT))
    assert "Alarm: churn, 2026-11-22 to 2026-11-28" in main
    assert main.index(">Alarms<") < main.index(">Not computed<") < main.index(">Quality<")
    assert cells(main, "income")[:5] == ["alarm", "income", "0.3127", "0.1", "104,230"]
    assert "| ---" not in main, "a table is shown as text"


def test_the_text_of_a_retraining(browser, tmp_path):
    main = shown(browser, tmp_path, body())
    assert cells(main, "drift.income") == ["drift.income", "0.3127", "", "0.1", "104,230"]
    commit = VERDICT.model["commit"]
    assert f'href="https://github.example/o/r/commit/{commit}"' in main
    assert f'href="{RUN}"' in main
    assert "retrain-reason" not in re.sub(r"<!--.*?-->", "", main), "a mark is shown as text"
    assert "| ---" not in main


def test_a_broken_table_is_seen(browser, tmp_path):
    text = body().replace("| figure | value |", "| figure |")
    with pytest.raises(ValueError, match="unpack"):
        cells(shown(browser, tmp_path, text), "drift.income")
