import pytest

from mainline.core.errors import MainlineError
from mainline.delivery import trace
from mainline.request_log import ship_log
from mainline.request_log.exchange import Exchange
from mainline.request_log.ids import uuid7
from mainline.request_log.request_log import RequestLog
from mainline.request_log.settings import LogSettings


def test_a_version_leads_to_the_change_the_data_and_the_figures(story, capsys):
    story.deploy(1)
    commit = story.merge(2, "Merge pull request #12 from ada/change")
    story.promote(2)
    story.deploy(3)
    release = story.release(2)
    trace.run(story.root, release.version)
    said = capsys.readouterr().out
    for part in (
        release.content,
        release.image,
        f"{commit} Merge pull request #12",
        "#12",
        "CPU x86_64, Python 3.11, lock 2",
        "sha256:2, 1,000 rows of here, as of 2026-06-30",
        "ROC AUC 0.8020",
    ):
        assert part in said
    assert said.splitlines()[-1].split() == ["runs", "in", "production"]


def test_a_version_that_never_was_names_the_content_to_look_for(story):
    story.deploy(1)
    with pytest.raises(MainlineError, match=r"`git fetch` .*content sha256:00000000002a…"):
        trace.run(story.root, "42")


@pytest.mark.parametrize("version", ["x", "-1", str(2**48)])
def test_a_number_that_is_no_version_is_said(story, version):
    story.deploy(1)
    with pytest.raises(MainlineError, match="is not a version"):
        trace.run(story.root, version)


@pytest.fixture
def logged(story, tmp_path):
    """A function: put an exchange of a version into the spool. Returns its id."""

    def call(**changes) -> str:
        log = RequestLog(tmp_path / "spool", LogSettings())
        body = b'{"instances": [{"age": 1}, {"age": 2}]}'
        one = Exchange(
            **{
                "time": 1_700_000_000.25,
                "request_id": uuid7(),
                "protocol": "rest",
                "target": "/v1/models/tiny:predict",
                "arm": "main",
                "status": 200,
                "problem": "",
                "seconds": 0.002,
                "version": story.release(2).version,
                "digest": "sha256:2",
                "entity": "",
                "caller": "",
                "encoding": "",
                "request": body,
                "response": b'{"predictions": [0.25, 0.5]}',
            }
            | changes
        )
        log.write(one)
        log.close(5)
        return one.request_id

    return call


@pytest.mark.parametrize("shipped", [False, True])
def test_a_request_leads_to_its_version_and_all_of_that(story, logged, tmp_path, capsys, shipped):
    story.deploy(1)
    commit = story.merge(2, "Merge pull request #12 from ada/change")
    of_log = {"spool": tmp_path / "spool", "store": str(tmp_path / "store")}
    request = logged()
    if shipped:
        ship_log.run(story.root, tmp_path / "spool", None, of_log["store"], once=True)
    trace.run(story.root, request=request, **of_log)
    first, second, *others = capsys.readouterr().out.splitlines()
    assert first.startswith(
        "request   2023-11-14 22:13:20 UTC, row 1 of 2, status 200, score 0.25,"
    )
    assert "row 2 of 2, status 200, score 0.5" in second
    release = story.release(2)
    assert others[0].split() == ["version", release.version]
    for part in (release.image, f"{commit} Merge pull request #12", "ROC AUC 0.8020"):
        assert part in "\n".join(others)


def test_a_request_that_the_log_does_not_have(story, logged, tmp_path):
    story.deploy(1)
    of_log = {"spool": tmp_path / "spool", "store": str(tmp_path / "store")}
    with pytest.raises(MainlineError, match="the log has no request 'x'"):
        trace.run(story.root, request="x", **of_log)
    request = logged(version="", status=503, problem="upstream unreachable")
    with pytest.raises(MainlineError, match="no version answered the request"):
        trace.run(story.root, request=request, **of_log)


@pytest.mark.parametrize("options", [{}, {"version": "1", "request": "x"}])
def test_a_version_or_a_request(story, options):
    with pytest.raises(MainlineError, match="name either a version or --request ID"):
        trace.run(story.root, **options)
