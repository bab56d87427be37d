"""The comment that the pipeline writes, as its reviewer sees it: drawn by headless Chromium."""

import re
from pathlib import Path

import pytest
from verdicts import champion, contenders, verdict

from mainline.preview import page
from mainline.report import report
from pixels import colours

ROOT = Path(__file__).parents[3]
BLUE, ORANGE = "#1f77b4", "#ff7f0e"  # the lines of our charts
PAPER = {False: "#ffffff", True: "#0d1117"}

pytestmark = pytest.mark.check


@pytest.fixture
def shown(repository, tmp_path) -> Path:
    """The comment's page, with the curves unfolded."""
    name = Path("reports/comment.md")
    (repository.root / "reports").mkdir()
    whole = verdict(champion=champion(), measured={"candidates": contenders()})
    (repository.root / name).write_text(report.render(repository, whole))
    (repository.root / "tools").symlink_to(ROOT / "tools")
    found = page.render(repository.root, name)
    assert (found.charts, found.broken) == (3, [])
    opened = tmp_path / "page.html"
    fold = "<details>\n<summary>Curves"
    assert fold in found.html
    opened.write_text(found.html.replace(fold, fold.replace("<details>", "<details open>")))
    return opened


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_chart_is_drawn_and_every_table_is_one(browser, shown, dark):
    dom = browser.dom(shown.as_uri(), dark=dark)
    body = dom[dom.index("<main>") : dom.index("</main>")]
    assert "<title>reports/comment.md</title>" in dom
    assert body.count("<svg") == 3
    for title in ("Loss by epoch", "ROC: the model", "Calibration by tenth"):
        assert title in body
    for wrong in ("Syntax error", "Unable to render", "```", "could not be written"):
        assert wrong not in body
    assert body.count("<table>") >= 5
    table = next(each for each in body.split("<table>") if "against what ships" in each)
    assert table[: table.index("</table>")].count("<tr>") == 4  # header and three candidates
    assert not re.search(r"<p>\s*\|", body)  # a table that Markdown did not take for one
    assert body.count("<details") == body.count("<summary>") >= 3
    assert browser.asked == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_can_be_looked_at(browser, shown, tmp_path, dark):
    picture = tmp_path / "comment.png"
    browser.screenshot(shown.as_uri(), picture, dark=dark)
    found = colours(picture)
    assert found.most_common(1)[0][0] == PAPER[dark]
    assert sum(found.values()) - found[PAPER[dark]] > 20_000  # letters, lines, charts
    assert found[BLUE] > 200
    assert found[ORANGE] > 200
