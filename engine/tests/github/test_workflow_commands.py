"""What a stranger's text does to the runner that prints it: nothing."""

from mainline.github.workflow import no_commands


def test_in_actions_commands_are_stopped_by_a_token_that_no_text_knows(monkeypatch, capsys):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    for _ in range(2):
        with no_commands():
            print("::add-mask::everything")
    first, second = capsys.readouterr().out.split("everything")[:2]
    stop, *_ = first.split()
    begin = stop.removeprefix("::stop-commands::")
    assert stop != begin
    assert f"::{begin}::" in second
    assert begin not in second.partition("::stop-commands::")[2]


def test_elsewhere_nothing_is_printed(monkeypatch, capsys):
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    with no_commands():
        print("said")
    assert capsys.readouterr().out == "said\n"
