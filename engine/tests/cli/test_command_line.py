import importlib
import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mainline.cli import main as cli
from mainline.cli.commands import COMMANDS
from mainline.stages import STAGES

# What CI asks without the big environment, and what a person asks of GitHub's rules.
LIGHT = ("touched", "fork", "check-promotion", "rules")
LIGHT += ("receive", "judge", "repackage", "keep", "deployed", "healthy", "promote", "set-image")
LIGHT += ("image-size",)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_stage_and_step_is_a_command_with_a_line_of_help(capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(["--help"])
    assert stop.value.code == 0
    said = capsys.readouterr().out
    for name in (*STAGES, "params", "gate", "report", "record", "publish", "run", "try"):
        assert f"    {name} " in said


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_s_function_takes_its_options(name):
    about = COMMANDS[name]
    module = importlib.import_module(f"mainline.{about.module}")
    taken = inspect.signature(getattr(module, about.function)).parameters
    for option, settings in about.options.items():
        assert settings.get("dest", option.lstrip("-").replace("-", "_")) in taken


def test_help_imports_nothing_heavy():
    program = (
        "import sys\nfrom mainline.cli import main as cli\n"
        "try:\n    cli.main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'pandas', 'numpy', 'tensorflow', 'mlflow', 'dvc', 'pydantic', 'yaml'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", LIGHT)
def test_what_ci_asks_before_it_trains_needs_no_more_than_a_yaml_parser(command):
    program = (
        "import sys\nbefore = set(sys.modules)\n"
        "import mainline.cli.main\n"
        f"import mainline.{COMMANDS[command].module}\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "more = new - sys.stdlib_module_names - {'yaml', 'mainline'}\n"
        "sys.exit(', '.join(n for n in more if not n.startswith(('_', 'cython'))) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", [*STAGES, "params", "report", "record", "publish", "run"])
def test_in_an_empty_directory_every_command_ends_with_one_clear_line(elsewhere, capsys, command):
    assert cli.main([command]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"{command}: ")
    assert "does not exist" in said
    assert "Traceback" not in said
    assert not list(elsewhere.rglob("*.partial-*"))


@pytest.mark.parametrize("command", ["history", "verify", "check-promotion"])
def test_below_the_top_of_a_project_nothing_is_taken_for_empty(elsewhere, capsys, command):
    for name in ("dvc.yaml", "params.yaml"):
        (elsewhere / name).touch()
    (elsewhere / "docs").mkdir()
    os.chdir(elsewhere / "docs")
    assert cli.main([command]) == 1
    said = capsys.readouterr()
    assert said.err == f"{command}: run this in the model's directory: `cd {elsewhere}`.\n"
    assert said.out == ""


@pytest.mark.parametrize("command", ["history", "verify"])
def test_outside_of_git_the_record_is_not_looked_for(elsewhere, capsys, command):
    assert cli.main([command]) == 1
    assert "there is no git repository here" in capsys.readouterr().err


def test_a_gate_that_cannot_judge_is_closed(elsewhere, capsys):
    assert cli.main(["gate"]) == 1
    assert "The gate is closed" in capsys.readouterr().out
    assert '"open": false' in (elsewhere / "reports/gate.json").read_text()


def test_an_unknown_command_is_a_usage_error(capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(["trian"])
    assert stop.value.code == 2
    assert "invalid choice" in capsys.readouterr().err


def test_a_keyboard_interrupt_is_one_line(elsewhere, capsys, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_run", stop)
    assert cli.main(["ingest"]) == 130
    assert capsys.readouterr().err == "ingest: stopped\n"


def test_a_reader_that_has_seen_enough_is_no_defect(tmp_path):
    """As in `… history | head`: what is left to say has nobody to read it."""
    program = (
        "from mainline.cli import main as cli\n"
        "cli._run = lambda *_: print('more than anybody reads')\n"
        "raise SystemExit(cli.main(['history']))"
    )
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=tmp_path, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")
