"""From staging to production: the same bytes, and only what has been seen to work."""

import json
from dataclasses import replace

import pytest

from mainline.core.errors import MainlineError
from mainline.delivery import check_promotion, promote
from mainline.delivery.evidence import NAME, NEEDED, TOLD, UNKNOWN, Check, Evidence
from mainline.k8s.environments import release_path
from mainline.serving.identity import EMBEDDED

PRODUCTION = release_path("production")


@pytest.fixture
def smoked(story, tmp_path):
    """Staging has model 1; its evidence, changed as asked, is in a file."""
    story.deploy(1)

    def write(**changed):
        path = tmp_path / "evidence.json"
        path.write_text(story.evidence(1, **changed).render())
        return path

    return write


def test_the_file_is_copied_byte_for_byte_with_its_evidence(story, smoked, capsys):
    promote.run(story.root, smoked=smoked())
    assert (story.root / PRODUCTION).read_text() == story.release(1).render()
    assert story.git.run("branch", "--show-current").strip().startswith("promote-")
    assert story.git.run("status", "--porcelain") == ""
    assert "version served: fine" in capsys.readouterr().out
    check_promotion.run(story.root, "main")
    assert "scores over gRPC: fine" in capsys.readouterr().out


def test_evidence_may_lie_in_the_project_as_the_runbook_has_it(story, smoked):
    evidence = story.root / "evidence.json"
    evidence.write_text(smoked().read_text())
    promote.run(story.root, smoked=evidence)
    assert "evidence.json" not in story.git.run("ls-files", "*.json", ":!k8s")


REFUSED = {
    "another digest": ({"digest": "sha256:" + "0" * 64}, "it is about version"),
    "another version": ({"version": "42"}, "it is about version 42"),
    "a failed check": ({"checks": [Check("latency", False, "9 s", "< 1 s")]}, "failed: latency"),
    "a check less": (
        {"checks": [Check("latency", True, "1 ms", "< 1 s")]},
        "missing: scores over REST, scores over gRPC, version served",
    ),
    "no checks": ({"checks": []}, "these checks are missing"),
    "a blank reason": ({"checks": [], "override": " "}, "these checks are missing"),
    "a reason that is none": ({"checks": [], "override": 7}, "not evidence of a smoke test"),
    "the embedded server": ({"server": EMBEDDED}, "made with this server: embedded server"),
    "no server": ({"server": UNKNOWN}, "made with this server: unknown"),
    "a list for a server": ({"server": ["x"]}, "not evidence of a smoke test"),
    "a figure for a text": (
        {"checks": [Check("latency", True, 1, "1")]},
        "not evidence of a smoke",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_evidence_promotes_nothing(story, smoked, case):
    changed, why = REFUSED[case]
    head = story.git.run("rev-parse", "HEAD")
    with pytest.raises(MainlineError, match=why):
        promote.run(story.root, smoked=smoked(**changed))
    assert story.git.run("rev-parse", "HEAD") == head
    assert not (story.root / PRODUCTION).exists()


def test_what_was_seen_is_one_line_of_the_log(story, smoked, capsys):
    """And none of a workflow's own commands."""
    checks = [Check(name, True, "fine\n::error::no", "fine") for name in sorted(NEEDED)]
    promote.run(story.root, smoked=smoked(checks=checks, override=" "))
    said = capsys.readouterr().out
    assert "latency: fine ::error::no (fine)" in said
    assert "promoted because" not in said


def test_without_evidence_it_says_how_to_get_some(story):
    story.deploy(1)
    with pytest.raises(MainlineError, match="mainline smoke URL"):
        promote.run(story.root)


def test_a_reason_instead_of_evidence_stays_in_git(story, capsys):
    story.deploy(1)
    promote.run(story.root, override="the staging cluster is down, incident 7")
    check_promotion.run(story.root, "main")
    assert "incident 7" in capsys.readouterr().out
    assert "incident 7" in story.git.run("show", f"HEAD:{PRODUCTION.with_name(NAME)}")
    assert "incident 7" in story.git.run("log", "-1", "--format=%b")


def test_evidence_of_the_embedded_server_needs_a_reason(story, smoked, capsys):
    promote.run(story.root, smoked=smoked(server=EMBEDDED), override="no cluster yet")
    check_promotion.run(story.root, "main")
    said = capsys.readouterr().out
    for part in (
        'promoted because: "no cluster yet"',
        "seen at http://staging.example, server: emb",
    ):
        assert part in said
    assert "2026-11-21T10:00:00Z, by Ada" in said


def test_evidence_that_failed_is_not_mended_by_a_reason(story, smoked):
    failed = smoked(checks=[Check("latency", False, "9 s", "< 1 s")])
    with pytest.raises(MainlineError, match="failed: latency"):
        promote.run(story.root, smoked=failed, override="because")


@pytest.mark.parametrize("server", ["", "Embedded server", "another"])
def test_evidence_of_any_other_server_needs_a_reason_too(story, server):
    story.deploy(1)
    found = replace(story.evidence(1), server=server)
    assert "made with this server" in found.problem(story.release(1))


def test_the_word_of_argo_cd_does_not_come_in_a_file(story, smoked):
    told = smoked(checks=[Check(TOLD, True, "Healthy", "all objects")])
    with pytest.raises(MainlineError, match="only in Argo CD's messages"):
        promote.run(story.root, smoked=told)


def test_evidence_of_an_earlier_version_of_the_template_names_no_server(story):
    story.deploy(1)
    values = json.loads(story.evidence(1).render())
    old = {name: values[name] for name in ("version", "digest", "where", "checks", "override")}
    found = Evidence.parse(json.dumps(old), name="old")
    assert "made with this server: unknown" in found.problem(story.release(1))


def test_what_production_has_is_not_promoted_again(story, smoked):
    story.promote(1)
    smoke = smoked()
    with pytest.raises(MainlineError, match=r"has version \d+ already"):
        promote.run(story.root, smoked=smoke)


def test_without_a_release_on_staging_there_is_nothing(story):
    story.commit("Code")
    with pytest.raises(MainlineError, match="nothing to promote"):
        promote.run(story.root, override="because")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"checks": 3}', "no: [json", '{"checks": [1]}'])
def test_a_file_that_is_no_evidence_is_said(story, tmp_path, text):
    story.deploy(1)
    path = tmp_path / "evidence.json"
    path.write_text(text)
    with pytest.raises(MainlineError, match=r"evidence\.json"):
        promote.run(story.root, smoked=path)


def test_a_release_that_staging_never_had_is_refused(story):
    story.deploy(1)
    story.promote(7)
    with pytest.raises(MainlineError, match="not, byte for byte, a release that staging had"):
        check_promotion.run(story.root, "HEAD~1")


def test_other_ends_of_lines_are_other_bytes(story):
    story.deploy(1)
    story.write(PRODUCTION.with_name(NAME), story.evidence(1).render())
    story.promote(1)
    text = (story.root / PRODUCTION).read_bytes()
    (story.root / PRODUCTION).write_bytes(text.replace(b"\n", b"\r\n"))
    with pytest.raises(MainlineError, match="not, byte for byte, a release that staging had"):
        check_promotion.run(story.root, "HEAD~1")


def test_a_release_without_evidence_is_refused(story):
    story.deploy(1)
    story.promote(1)
    with pytest.raises(MainlineError, match=r"evidence\.json is missing"):
        check_promotion.run(story.root, "HEAD~1")


def test_the_evidence_of_another_release_is_refused(story):
    story.deploy(1)
    story.write(PRODUCTION.with_name(NAME), story.evidence(2).render())
    story.promote(1)
    with pytest.raises(MainlineError, match="does not support version"):
        check_promotion.run(story.root, "HEAD~1")


def test_an_older_release_of_staging_may_be_promoted_with_its_own_evidence(story, capsys):
    story.deploy(1)
    story.deploy(2)
    story.write(PRODUCTION.with_name(NAME), story.evidence(1).render())
    story.promote(1)
    check_promotion.run(story.root, "HEAD~1")
    assert f"production: version {story.release(1).version}" in capsys.readouterr().out


def test_production_goes_back_without_new_evidence(story, capsys):
    for number in (1, 2):
        story.deploy(number)
        story.promote(number)
    story.promote(1)
    check_promotion.run(story.root, "HEAD~1")
    assert "back to version" in capsys.readouterr().out


def test_production_is_not_emptied(story):
    story.deploy(1)
    story.promote(1)
    (story.root / PRODUCTION).unlink()
    with pytest.raises(MainlineError, match="would have no model"):
        check_promotion.run(story.root, "HEAD")


def test_a_branch_from_before_a_promotion_takes_nothing_back(story, capsys):
    story.deploy(1)
    story.git.run("switch", "-q", "-c", "another-idea")
    story.write("README.md", "Words.\n")
    story.commit("Words")
    story.git.run("switch", "-q", "main")
    story.promote(1)
    story.git.run("switch", "-q", "another-idea")
    check_promotion.run(story.root, "main")
    assert "nothing changes" in capsys.readouterr().out
    story.git.run("merge", "-q", "main", "-m", "Up to date")
    (story.root / PRODUCTION).unlink()
    story.commit("And emptied")
    with pytest.raises(MainlineError, match="would have no model"):
        check_promotion.run(story.root, "main")


def test_other_changes_pass(story, capsys):
    story.deploy(1)
    check_promotion.run(story.root, "HEAD")
    assert "nothing changes" in capsys.readouterr().out
