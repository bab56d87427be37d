"""The preview as a reader sees it: in headless Chromium, where nothing foreign may run or load."""

import re
import shutil
from pathlib import Path

import pytest

from mainline.preview import page

HOSTILE = Path(__file__).with_name("hostile.md")

pytestmark = pytest.mark.check


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> Path:
    """The hostile comment's page."""
    root = tmp_path_factory.mktemp("hostile")
    (root / "reports").mkdir()
    shutil.copy2(HOSTILE, root / "reports/comment.md")
    html = page.render(root, Path("reports/comment.md")).html
    (root / "page.html").write_text(html)
    return root / "page.html"


def ran(dom: str) -> str | None:
    """What marked the page, if anything did."""
    found = re.search(r"<body[^>]* data-ran=\"([^\"]*)\"", dom)
    return found and found[1]


def staying(text: str) -> str:
    """Without what leads the browser away from the page before the rest of it counts."""
    return text.replace("<meta", "<i").replace("<base", "<i").replace("</main></body>", "")


def test_the_material_is_hostile(browser, tmp_path):
    """Without what the page does about it, scripts run and others are asked."""
    bare = tmp_path / "bare.html"
    bare.write_text(f"<!doctype html><body>{staying(HOSTILE.read_text())}</body>")
    assert ran(browser.dom(bare.as_uri()))
    assert "evil.test" in browser.asked


@pytest.mark.parametrize("dark", [False, True])
def test_nothing_of_a_hostile_comment_runs_or_loads(browser, hostile, dark):
    dom = browser.dom(hostile.as_uri(), dark=dark)
    assert f'data-drawn="{"dark" if dark else "light"}"' in dom  # our own script did run
    assert ran(dom) is None
    assert browser.asked == []
    assert "<title>reports/comment.md</title>" in dom
    shown = dom[dom.index("<main>") : dom.index("</main>")]
    assert not re.search(r"<(script|iframe|object|embed|form|base|meta|link|video|audio)\b", shown)
    assert not re.search(r"<[^>]+\son\w+=", shown)
    assert not re.search(r"=[\"'\s]*javascript:", re.sub(r">[^<]*<", "><", shown))
    assert shown.count("<svg") == 2
    assert "Unable to render the chart of line" in shown


def test_without_the_sanitiser_the_policy_holds_alone(browser, hostile, tmp_path):
    """Two walls: here the first is taken down."""
    html = hostile.read_text()
    head, _, rest = html.partition("<main>")
    _, _, tail = rest.partition("</main>")
    bare = tmp_path / "bare.html"
    bare.write_text(f"{head}<main>{staying(HOSTILE.read_text())}</main>{tail}")
    dom = browser.dom(bare.as_uri())
    assert "<title>reports/comment.md</title>" in dom
    assert "https://evil.test/s.js" in dom  # it is all there
    assert ran(dom) is None
    assert browser.asked == []
