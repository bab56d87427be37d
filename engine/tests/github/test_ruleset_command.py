"""The ruleset reaches GitHub through a `gh` that keeps what it is given, and plays faults."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from mainline.cli import main as cli
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.github import rules

ROOT = Path(__file__).parents[3]
NOBODY = "-".join(["@your", "org"])  # in two, so that rendering a project leaves it alone
PLACE = "repos/{owner}/{repo}/rulesets"
GH = f"""#!{sys.executable}
import json, os, pathlib, sys
place = pathlib.Path(__file__).parent
state = json.loads((place / "state.json").read_text())
state["calls"].append(sys.argv[1:])
def end(code=0, out=None, error=""):
    (place / "state.json").write_text(json.dumps(state))
    print(json.dumps(out)) if code == 0 else print(error, file=sys.stderr)
    sys.exit(code)
if state["fault"]:
    end(*state["fault"])
assert sys.argv[1] == "api"
path, options = sys.argv[2], sys.argv[3:]
if "/environments" in path:
    places, words = state["environments"], path.partition("?")[0].split("/")[3:]
    if len(words) == 1:
        listed = [{{"name": n, "deployment_branch_policy": p[0]}} for n, p in places.items()]
        end(out={{"environments": listed}})
    if len(words) == 2:
        fields = dict(it.split("=") for it in options if it.startswith("deployment"))
        policy = {{key[25:-1]: value == "true" for key, value in fields.items()}}
        places[words[1]] = [policy, []]
        end(out={{}})
    branches = places[words[1]][1]
    if "DELETE" in options:
        del branches[int(words[3]) - 1]
        end(out=None)
    if "POST" in options:
        branches.append(options[-1].removeprefix("name="))
        end(out={{}})
    named = [{{"id": n, "name": name}} for n, name in enumerate(branches, 1)]
    end(out={{"branch_policies": named}})
if not options and "?" in path:
    end(out=[{{"id": int(n), "name": r["name"]}} for n, r in state["rules"].items()])
number = path.rpartition("/")[2]
if not options:
    end(out=state["rules"][number])
given = json.loads(pathlib.Path(options[options.index("--input") + 1]).read_text())
method = options[options.index("--method") + 1]
assert (method == "PUT") == (number in state["rules"])
number = number if method == "PUT" else "7"
for rule in given["rules"]:  # GitHub fills in what it was not told
    rule.setdefault("parameters", {{}})["added_by_github"] = []
state["rules"][number] = given | {{"id": int(number), "source_type": "Repository"}}
given["rules"].reverse()
end(out=state["rules"][number])
"""


class Gh:
    def __init__(self, place: Path) -> None:
        self.place = place
        self.save(calls=[], rules={}, environments={}, fault=None)

    def state(self) -> dict:
        return json.loads((self.place / "state.json").read_text())

    def save(self, **values: object) -> None:
        (self.place / "state.json").write_text(json.dumps(values))

    def fault(self, code: int, said: str) -> None:
        self.save(calls=[], rules={}, environments={}, fault=[code, None, said])

    def writes(self) -> list[list[str]]:
        """Those of rulesets."""
        made = [call for call in self.state()["calls"] if "--method" in call]
        return [call for call in made if "rulesets" in call[1]]


def owners(root: Path, text: str) -> None:
    Layout(root).owners.write_text(text)


@pytest.fixture
def gh(tmp_path, monkeypatch):
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin/gh"
    program.write_text(GH)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    shutil.copytree(ROOT / ".github/rulesets", tmp_path / ".github/rulesets")
    owners(tmp_path, "/src/ @bakery/platform\n")
    monkeypatch.chdir(tmp_path)
    return Gh(tmp_path / "bin")


def test_created_once_then_as_it_should_be(gh, capsys):
    assert cli.main(["rules"]) == 0
    said = capsys.readouterr().out
    assert '+  "name": "main",' in said
    assert "ruleset 'main' created\n" in said
    [call] = gh.writes()
    assert call == ["api", PLACE, "--method", "POST", "--input", ".github/rulesets/main.json"]
    assert cli.main(["rules"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("ruleset 'main' matches .github/rulesets/main.json\n")
    assert len(gh.writes()) == 1


ALONE = [{"protected_branches": False, "custom_branch_policies": True}, ["main"]]


def test_the_environments_are_open_to_main_alone(gh, capsys):
    assert cli.main(["rules", "--dry-run"]) == 0
    assert "environment 'keep' would be open to main alone\n" in capsys.readouterr().out
    assert gh.state()["environments"] == {}
    assert cli.main(["rules"]) == 0
    assert gh.state()["environments"] == {"judge": ALONE, "keep": ALONE}
    assert "environment 'keep' is open to main alone now\n" in capsys.readouterr().out
    calls = len(gh.state()["calls"])
    assert cli.main(["rules"]) == 0
    assert "environment 'keep' is open to main alone\n" in capsys.readouterr().out
    again = gh.state()["calls"][calls:]
    assert not [call for call in again if "--method" in call]


@pytest.mark.parametrize(
    "there", [[None, []], [ALONE[0], ["release/*"]], [ALONE[0], ["main", "*"]], [ALONE[0], []]]
)
def test_an_environment_that_a_branch_could_use_is_closed(gh, there):
    gh.save(**gh.state() | {"environments": {"keep": there, "production": [None, []]}})
    assert cli.main(["rules"]) == 0
    found = gh.state()["environments"]
    assert found == {"judge": ALONE, "keep": ALONE, "production": [None, []]}


def change(gh):
    """Somebody loosened the rules by hand."""
    cli.main(["rules"])
    state = gh.state()
    checks = next(r for r in state["rules"]["7"]["rules"] if r["type"] == "required_status_checks")
    required = checks["parameters"]["required_status_checks"]
    required[:] = [check for check in required if check["context"] != "verdict"]
    state["rules"]["7"]["rules"].append({"type": "creation"})
    gh.save(**state)


def test_updated(gh, capsys):
    change(gh)
    capsys.readouterr()
    assert cli.main(["rules"]) == 0
    said = capsys.readouterr().out
    assert '+            "context": "verdict"' in said
    assert '-      "type": "creation"' in said
    assert "ruleset 'main' updated\n" in said
    assert gh.writes()[-1][:4] == ["api", f"{PLACE}/7", "--method", "PUT"]


def test_a_dry_run_changes_nothing(gh, capsys):
    assert cli.main(["rules", "--dry-run"]) == 0
    assert "ruleset 'main' would be created\n" in capsys.readouterr().out
    change(gh)
    before = gh.state()["rules"]
    assert cli.main(["rules", "--dry-run"]) == 0
    assert "ruleset 'main' would be updated\n" in capsys.readouterr().out
    assert gh.state()["rules"] == before


def test_no_gh(gh, capsys, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert cli.main(["rules"]) == 1
    assert capsys.readouterr().err.startswith(
        "rules: `gh` is not installed; get it from https://cli.github"
    )


@pytest.mark.parametrize(
    ("code", "said", "line"),
    [
        (4, "To get started with GitHub CLI, please run:  gh auth login", "is not logged in: run"),
        (1, "gh: Not Found (HTTP 404)", "only an administrator"),
        (1, "gh: Resource not accessible by personal access token (HTTP 403)", "only an admin"),
        (
            1,
            "gh: Upgrade to GitHub Pro or make this repository public. (HTTP 403)",
            "plan has no rulesets; public repositories have",
        ),
        (1, "no git remotes found", "`gh repo set-default`"),
        (
            1,
            "gh: Validation Failed (HTTP 422)",
            "does not accept .github/rulesets/main.json: gh: V",
        ),
        (1, "", "exited with 1 without output"),
    ],
)
def test_a_no_says_what_to_do(gh, code, said, line):
    gh.fault(code, said)
    with pytest.raises(MainlineError) as error:
        rules.run(Path(), dry_run=False)
    assert line in str(error.value)
    assert gh.writes() == []


def test_something_that_is_no_answer(gh, capsys):
    gh.place.joinpath("gh").write_text("#!/bin/sh\necho hello\n")
    assert cli.main(["rules"]) == 1
    assert "is not JSON" in capsys.readouterr().err


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_an_owner_that_is_nobody_is_warned_of(gh, capsys, tmp_path, options):
    owners(
        tmp_path,
        f"/src/ @bakery/platform {NOBODY}/b  # {NOBODY}/no\n# {NOBODY}/c\n/k8s/ {NOBODY}/a\n",
    )
    assert cli.main(["rules", *options]) == 0
    said = capsys.readouterr()
    assert said.err.startswith(f"rules: .github/CODEOWNERS still names {NOBODY}/a, {NOBODY}/b. ")
    assert said.err.count("\n") == 1
    assert "ruleset 'main'" in said.out


def test_no_warning_for_owners_of_your_own(gh, capsys):
    assert cli.main(["rules"]) == 0
    assert capsys.readouterr().err == ""


def test_no_owners_at_all_are_warned_of(gh, capsys, tmp_path):
    Layout(tmp_path).owners.unlink()
    assert cli.main(["rules"]) == 0
    assert "CODEOWNERS is missing" in capsys.readouterr().err
