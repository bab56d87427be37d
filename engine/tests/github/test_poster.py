"""CML first, our client when CML is missing, fails or would make a second comment."""

import json
import sys
from pathlib import Path

import pytest

from github_stub import BOT, PERSON, Fault
from mainline.core.errors import MainlineError
from mainline.github import cml
from mainline.github.poster import post
from mainline.github.watermark import MARKER, signed

SHA = "b" * 40
RECORD = """
import json, os, sys
from pathlib import Path
names = ("ITERATIVE_DO_NOT_TRACK", "GIT_CONFIG_GLOBAL", "HOME")
about = {"arguments": sys.argv[1:], "environment": {n: os.environ.get(n) for n in names},
         "text": Path(sys.argv[-1]).read_text()}
Path(os.environ["RECORD"]).write_text(json.dumps(about))
"""


@pytest.fixture
def environment(monkeypatch, tmp_path, github):
    """PATH without CML; `install` puts a program in its place."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("RECORD", str(tmp_path / "record.json"))
    monkeypatch.setenv("GITHUB_SERVER_URL", github.url)
    monkeypatch.setenv("GITHUB_REPOSITORY", "o/r")
    return tmp_path


def install(directory, program):
    path = directory / "cml"
    path.write_text(f"#!{sys.executable}\n{program}\n")
    path.chmod(0o755)


def test_missing(environment, github, api):
    posted = post(api, 7, SHA, "text")
    assert (posted.by, posted.why) == ("our client", "CML is not installed")
    assert github.bodies(MARKER) == [signed("text", SHA)]


def test_failing(environment, github, api):
    install(environment, "import sys; sys.exit('debug\\nerror: HttpError: Server Error')")
    posted = post(api, 7, SHA, "text")
    assert posted.line() == (
        "comment   c/1 (our client): CML failed (1): error: HttpError: Server Error"
    )
    assert github.bodies(MARKER) == [signed("text", SHA)]


def test_failing_in_ci_where_it_writes_json_with_the_request_in_it(environment, github, api):
    said = {"level": "error", "message": "Bad", "status": 502, "request": {"body": "x" * 900}}
    install(environment, f"import sys; sys.exit({json.dumps(said)!r})")
    assert post(api, 7, SHA, "text").why == "CML failed (1): 502 Bad"


def test_not_runnable(environment, github, api):
    (environment / "cml").write_text("#!/no/such/interpreter\n")
    (environment / "cml").chmod(0o755)
    assert "cannot be run" in post(api, 7, SHA, "text").why


def test_hanging(environment, github, api, monkeypatch):
    monkeypatch.setattr(cml, "TIMEOUT", 0.2)
    install(environment, "import time; time.sleep(30)")
    assert "did not finish" in post(api, 7, SHA, "text").why


def test_what_cml_is_asked(environment, github, api):
    install(environment, f"{RECORD}\nprint('https://github.com/o/r/pull/7#issuecomment-1')")
    posted = post(api, 7, SHA, "text")
    assert (posted.by, posted.why) == ("CML", "")
    assert posted.url.endswith("#issuecomment-1")
    about = json.loads((environment / "record.json").read_text())
    assert about["arguments"][:-1] == [
        "comment",
        "update",
        "--publish=false",
        "--target=pr/7",
        "--watermark-title=mainline-proposal",
        "--driver=github",
        f"--repo={github.url}/o/r",
    ]
    assert about["text"] == f"{MARKER}\ntext"
    assert about["environment"]["ITERATIVE_DO_NOT_TRACK"] == "1"
    assert (
        Path(about["environment"]["GIT_CONFIG_GLOBAL"]).parent
        == Path(about["arguments"][-1]).parent
    )


@pytest.mark.parametrize(
    ("before", "by"), [(0, "CML"), (29, "CML"), (30, "our client"), (250, "our client")]
)
def test_past_what_cml_reads_it_is_not_asked(environment, github, api, before, by):
    install(environment, "print('done')")
    github.chatter(before)
    github.add(signed("old", SHA), BOT)
    assert post(api, 7, SHA, "text").by == by
    assert len(github.bodies(MARKER)) == 1


def test_cml_is_not_led_to_a_persons_copy_of_its_mark(environment, github, api):
    install(environment, "print('done')")
    github.add(signed("forged", SHA), PERSON)
    assert post(api, 7, SHA, "text").by == "our client"
    assert "forged" in github.comments[0]["body"]


def test_both_fail(environment, github, api):
    github.faults = [Fault(403, "POST", message="Resource not accessible by integration")]
    with pytest.raises(MainlineError, match=r"(?s)not posted. CML is not installed.\n.*read-only"):
        post(api, 7, SHA, "text")
    assert github.comments == []
