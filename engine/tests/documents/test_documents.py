"""What documents name exists: pages, headings, commands with their options, make targets."""

import re
import shlex
from pathlib import Path

import pytest

from mainline.cli.commands import COMMANDS, GROUPS
from mainline.cli.main import parser
from mainline.k8s.environments import ENVIRONMENTS, STAGING
from mermaid import parse

ROOT = Path(__file__).parents[3]
# Those of a project, and the engine's own.
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", ".github/*.md", "engine/*.md", "engine/docs/**/*.md")
    for path in ROOT.glob(pattern)
)
MAKEFILES = [path for path in (ROOT / "Makefile", ROOT / "engine/Makefile") if path.is_file()]
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
    """Every call of `mainline` that stands in code, without brackets around what may lack."""
    code = re.sub(
        r" # .*", "", "\n".join(re.findall(r"^ *```[^`]*^ *```|`[^`]+`", text, re.MULTILINE))
    )
    calls = re.findall(r"(?:^|[\s`/;&])mainline ([a-z][^`\n]*)", code, re.MULTILINE)
    found = []
    for call in calls:
        line = re.sub(r"\s&&.*|\s\|\|.*", "", call).replace("[", "").replace("]", "")
        words = shlex.split(re.sub(r"staging\\?\|production", "staging", line))
        found.append(words)
    return found


def unknown(text: str) -> list[str]:
    """Calls that the command line would refuse; a name alone only mentions the command."""
    refused = []
    for words in commands(text):
        if " ".join(words) in GROUPS.keys() | COMMANDS.keys():
            continue
        try:
            given = parser().parse_args(words)
        except SystemExit as ended:
            if ended.code:
                refused.append(" ".join(words))
            continue
        place = getattr(given, "environment", None) or STAGING
        if place not in ENVIRONMENTS and not place.isupper():
            refused.append(" ".join(words))
    return refused


@each
def test_links_lead_somewhere(page):
    assert dead_links(page) == []


@each
def test_commands_are_there_with_these_options(page):
    assert unknown(page.read_text()) == []


def test_calls_are_found_where_they_stand():
    assert len(commands((ROOT / "docs/operations.md").read_text())) >= 12


@each
def test_make_knows_these_targets(page):
    named = set(re.findall(r"(?:^|`)make ([a-z0-9]+)", page.read_text(), re.MULTILINE))
    texts = "\n".join(path.read_text() for path in MAKEFILES)
    targets = set(re.findall(r"^([a-z0-9]+):", texts, re.MULTILINE))
    assert named <= targets


def test_what_is_wrong_is_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# One\n[a](none.md) [b](#two) [c](#one) [d](page.md#one)\n")
    assert dead_links(page) == ["none.md", "#two"]
    lines = [
        "the words mainline swims are none, `mainline fly` is",
        "`bin/mainline trace 1`",
        "",
        "```sh",
        "   A=b mainline diff --fast",
        "true && mainline rollback prod",
        "```",
        "",
    ]
    text = "\n".join([*lines, ""])  # a name right after a backslash and n is none to the template
    assert unknown(text) == ["fly", "diff --fast", "rollback prod"]


def test_every_attack_of_the_threat_model_names_tests_that_are_there():
    page = (ROOT / "docs/threat-model.md").read_text()
    _, _, table = page.partition("| attack | stopped by | shown by |\n")
    rows = [line.split(" | ") for line in table.partition("\n\n")[0].splitlines()[1:]]
    assert len(rows) >= 25
    for attack, _, shown in rows:
        tests = re.findall(r"`(\S+\.py)`", shown)
        assert tests, attack
        assert [name for name in tests if not (ROOT / "engine/tests" / name).is_file()] == []


@pytest.mark.check
@pytest.mark.parametrize(
    "page", [page for page in PAGES if "```mermaid" in page.read_text()], ids=lambda page: page.name
)
def test_pictures_are_drawn(page):
    done = parse(page)
    assert done.returncode == 0, done.stderr
