from pathlib import Path

from mainline.cli.commands import COMMANDS
from mainline.cli.reference import page

WRITTEN = Path(__file__).parents[2] / "docs/commands.md"


def test_the_page_is_what_the_parser_knows():
    assert WRITTEN.read_text() == page(), "python -m mainline.cli.reference > docs/commands.md"


def test_every_command_and_option_has_its_place():
    text = page()
    for name, about in COMMANDS.items():
        section = text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        assert section
        for option in about.options:
            assert option.upper() in section.upper()


def test_an_option_without_a_value_shows_none():
    text = page()
    assert "| `--no-record` |" in text
    assert "NO-RECORD" not in text
