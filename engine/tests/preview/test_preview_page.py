"""What becomes of Markdown, read in the page's own source; the browser has a file of its own."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mainline.core.errors import MainlineError
from mainline.preview import page

pytestmark = pytest.mark.check


@pytest.fixture
def root(tmp_path) -> Path:
    """A project without Markdown yet."""
    (tmp_path / "reports").mkdir()
    return tmp_path


def body(root: Path, text: str, name: str = "reports/comment.md") -> str:
    """What a reader sees of it."""
    (root / name).write_text(text)
    html = page.render(root, Path(name)).html
    return html[html.index("<main>") + 6 : html.index("</main>")].strip()


def test_a_table_a_fold_and_a_task_list_are_those_of_github(root):
    shown = body(root, "| a |\n| ---: |\n| `x\\|y` |\n\n- [x] done\n- [ ] open ~~gone~~\n")
    assert '<th align="right">a</th>' in shown
    assert "<code>x|y</code>" in shown
    assert shown.count('type="checkbox"') == 2
    assert shown.count("checked") == 1
    assert "<del>gone</del>" in shown
    fold = "<details>\n<summary>More</summary>\n\n**bold**\n\n</details>\n"
    assert body(root, fold).startswith("<details>\n<summary>More</summary>")
    assert "<strong>bold</strong>" in body(root, fold)


def test_a_line_end_counts_in_a_comment_and_not_in_a_file(root):
    assert body(root, "one\ntwo\n") == "<p>one<br>two</p>"
    assert body(root, "one\ntwo\n", name="card.md") == "<p>one\ntwo</p>"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('<b onclick="x()" style="color:red" class="c" id="i" data-x="1">b</b>', "<b>b</b>"),
        ("<script>x()</script>after", "after"),
        ("<style>*{}</style>after", "after"),
        ('<iframe src="https://x.test"></iframe>after', "after"),
        ("<form><button>b</button></form>", "b"),
        ('<a href="vbscript:x()">a</a>', '<a rel="nofollow noopener noreferrer">a</a>'),
        ('<a href=" java\nscript:x()">a</a>', '<a rel="nofollow noopener noreferrer">a</a>'),
        ('<img src="https://x.test/p.png" alt="p">', "[image: p]"),
        ('<input type="text"><input>after', "after"),
        ('<svg><a href="javascript:x()">a</a></svg>', ""),
    ],
)
def test_html_that_github_strips_is_stripped(root, text, left):
    assert body(root, f"<div>{text}</div>") == f"<div>{left}</div>"


@pytest.mark.parametrize(
    "address", ["https://x.test/a?b=c:d", "#part", "docs/a.md", "mailto:a@b.c"]
)
def test_a_link_stays(root, address):
    assert f'href="{address}"' in body(root, f"[x]({address})")


def test_each_chart_has_its_line_and_what_mermaid_says(root):
    chart = "```mermaid\n{}\n```\n"
    text = (
        f"# Head\n\n{chart.format('pie')}\n\n\n{chart.format('nonsense')}"
        f"\n> {chart.format('also bad').replace(chr(10), chr(10) + '> ')}\n"
        f"\n````\n{chart.format('quoted, so none')}````\n"
    )
    (root / "reports/comment.md").write_text(text)
    found = page.render(root, Path("reports/comment.md"))
    assert found.charts == 3
    lines = text.splitlines()
    for said, word in zip(found.broken, ("nonsense", "> also bad"), strict=True):
        number = int(re.search(r"comment\.md, line (\d+): Mermaid cannot", said)[1])
        assert "```mermaid" in lines[number - 1]
        assert lines[number] == word


def test_a_chart_that_is_too_long_to_be_drawn_is_said(root):
    nodes = "\n".join(f"    n{number}" for number in range(8000))
    (root / "reports/comment.md").write_text(f"```mermaid\nflowchart LR\n{nodes}\n```\n")
    [said] = page.render(root, Path("reports/comment.md")).broken
    assert "more than 50000 are not drawn" in said


def test_the_page_lets_only_its_own_scripts_run(root):
    (root / "reports/comment.md").write_text("text")
    html = page.render(root, Path("reports/comment.md")).html
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)[1]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy.partition("script-src")[2].partition(";")[0]
    assert not re.search(r"""(src|href)=["']?(?!data:)\w+:?//""", html.partition("<script>")[0])


def test_packages_that_cannot_be_installed_are_said(root, tmp_path, monkeypatch):
    (root / "reports/comment.md").write_text("text")
    scripts = tmp_path / "js"
    shutil.copytree(page.SCRIPTS, scripts, ignore=shutil.ignore_patterns("node_modules"))
    monkeypatch.setattr(page, "SCRIPTS", scripts)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/node").symlink_to(shutil.which("node"))
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(tmp_path / "bin"))
        with pytest.raises(MainlineError, match="this needs npm on PATH"):
            page.render(root, Path("reports/comment.md"))
        (tmp_path / "bin/npm").write_text("#!/bin/sh\necho no network >&2\nexit 1\n")
        (tmp_path / "bin/npm").chmod(0o755)
        with pytest.raises(MainlineError, match="`npm ci` failed: no network"):
            page.render(root, Path("reports/comment.md"))
    (scripts / "node_modules/marked").mkdir(parents=True)  # half of them
    with pytest.raises(MainlineError, match=r"render.mjs failed: .*Cannot find package"):
        page.render(root, Path("reports/comment.md"))


def test_a_package_that_is_damaged_is_said_in_node_s_words(root, tmp_path, monkeypatch):
    (root / "reports/comment.md").write_text("text")
    page.render(root, Path("reports/comment.md"))
    scripts = tmp_path / "js"
    shutil.copytree(page.SCRIPTS, scripts, symlinks=True)
    monkeypatch.setattr(page, "SCRIPTS", scripts)
    shutil.rmtree(scripts / "node_modules/github-markdown-css")  # where Node quotes itself
    with pytest.raises(
        MainlineError, match=r"render.mjs failed: Error: Cannot find module 'github"
    ):
        page.render(root, Path("reports/comment.md"))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("FATAL ERROR: Reached heap limit", "FATAL ERROR: Reached heap limit"),
        ("a notice\nTypeError [CODE]: odd\n    at x", "TypeError [CODE]: odd"),
        ("", "no output"),
    ],
)
def test_what_node_says_is_handed_on(root, monkeypatch, said, shown):
    (root / "reports/comment.md").write_text("text")
    monkeypatch.setattr(page, "node", lambda: "node")
    done = subprocess.CompletedProcess([], 1, b"", said.encode())
    monkeypatch.setattr(page.subprocess, "run", lambda *_, **__: done)
    with pytest.raises(MainlineError, match=re.escape(f"failed: {shown}. ")):
        page.render(root, Path("reports/comment.md"))
