"""What README and docs say exists: pages, headings, commands with their options, make targets."""

import re
import shlex
from pathlib import Path

import pytest

from customer_churn.commands import COMMANDS
from mermaid import parse

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob(".github/*.md")])
PLACES = {"staging|production": "staging", "staging\\|production": "staging"}


each = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    prose = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    heads = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def dead_links(page: Path) -> list[str]:
    """Relative links to a file or a heading that is not there."""
    dead = []
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    return dead


def commands(text: str) -> list[list[str]]:
    """Every call of our command line that stands in code, without brackets around what may lack."""
    found = []
    for span in re.findall(r"`([^`\n]+)`|^(?:\S*/)?(customer-churn .+)$", text, re.MULTILINE):
        line = re.sub(r"\s#.*", "", span[0] or span[1]).replace("[", "").replace("]", "")
        called = re.match(r"(?:\S*/)?customer-churn ([a-z].*)", line)
        if called:
            found.append([PLACES.get(word, word) for word in shlex.split(called[1])])
    return found


def unknown(text: str) -> list[str]:
    """Calls that the command line would refuse for a name or an option."""
    refused = []
    for words in commands(text):
        given = [word for word in words if word.startswith("--")]
        about = COMMANDS.get(words[0])
        if about is None or not set(given) <= {*about.options, "--help"}:
            refused.append(" ".join(words))
    return refused


@each
def test_links_lead_somewhere(page):
    assert dead_links(page) == []


@each
def test_commands_are_there_with_these_options(page):
    assert unknown(page.read_text()) == []


@each
def test_make_knows_these_targets(page):
    named = set(re.findall(r"(?:^|`)make ([a-z0-9]+)", page.read_text(), re.MULTILINE))
    targets = set(re.findall(r"^([a-z0-9]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert named <= targets


def test_what_is_wrong_is_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# One\n[a](none.md) [b](#two) [c](#one) [d](page.md#one)\n")
    assert dead_links(page) == ["none.md", "#two"]
    lines = [
        "`customer-churn fly`",
        "`bin/customer-churn trace 1`",
        "",
        "customer-churn diff --fast",
    ]
    text = "\n".join(lines)  # a name right after a backslash and n is none to the template
    assert unknown(text) == ["fly", "diff --fast"]


@pytest.mark.check
@pytest.mark.parametrize(
    "page", [page for page in PAGES if "```mermaid" in page.read_text()], ids=lambda page: page.name
)
def test_pictures_are_drawn(page):
    done = parse(page)
    assert done.returncode == 0, done.stderr
