"""A challenger: an earlier release beside an environment's own, by one commit that git reverts."""

import pytest
import yaml

from mainline.cli import main as cli
from mainline.core.errors import MainlineError
from mainline.delivery import check_promotion, propose_challenger, trace, verify
from mainline.k8s.environments import challenger_at, challenger_path, release_path
from mainline.release.release_file import Release

PRODUCTION = challenger_path("production")
KUSTOMIZATION = PRODUCTION.with_name("kustomization.yaml")
OVERLAY = """\
# Ours.
resources:
  - ../../base
  - release.yaml
components:
  - ../../components/gateway
  - ../../components/gateway-monitoring
  - ../../components/release # last
"""


@pytest.fixture
def released(story):
    """Production has model 1, staging model 2."""
    story.write(KUSTOMIZATION, OVERLAY)
    story.deploy(1)
    story.promote(1)
    story.deploy(2)
    return story


def test_one_commit_on_a_branch_that_names_file_and_component(released, monkeypatch, capsys):
    monkeypatch.chdir(released.root)
    version = released.release(2).version
    assert cli.main(["challenge", "--version", version]) == 0
    assert f"prepared: branch challenge-production-{version}" in capsys.readouterr().out
    assert released.git.run("rev-list", "--count", "main..HEAD") == "1\n"
    text = (released.root / PRODUCTION).read_text()
    assert yaml.safe_load(text)["metadata"]["name"] == "challenger"
    assert Release.parse(text, name="it") == released.release(2)
    content = yaml.safe_load((released.root / KUSTOMIZATION).read_text())
    assert content["resources"][-2:] == ["release.yaml", "challenger.yaml"]
    assert content["components"][-1] == "../../components/challenger"
    assert (released.root / KUSTOMIZATION).read_text().startswith("# Ours.\n")


def test_its_revert_is_byte_for_byte_what_was_before(released):
    before = released.git.run("rev-parse", "HEAD^{tree}")
    propose_challenger.run(released.root, released.release(2).version, "production")
    assert released.git.run("rev-parse", "HEAD^{tree}") != before
    released.git.run("revert", "--no-edit", "HEAD")
    assert released.git.run("rev-parse", "HEAD^{tree}") == before


def test_another_one_takes_its_place_without_listing_it_twice(released):
    propose_challenger.run(released.root, released.release(2).version, "production")
    released.git.run("switch", "-q", "main")
    released.git.run("merge", "-q", "--ff-only", "-")
    released.deploy(3)
    propose_challenger.run(released.root, released.release(3).version, "production")
    assert challenger_at(released.git, "HEAD", "production") == released.release(3)
    assert (released.root / KUSTOMIZATION).read_text().count("challenger") == 2


def test_what_cannot_be_challenged_is_said(released):
    one, two = (released.release(number).version for number in (1, 2))
    for version, environment, said in (
        (one, "production", "production runs version .* already"),
        ("42", "production", "never released version 42"),
        (two, "test", "no environment 'test'"),
    ):
        with pytest.raises(MainlineError, match=said):
            propose_challenger.run(released.root, version, environment)
    released.git.run("rm", "-q", str(release_path("production")))
    released.commit("Gone")
    with pytest.raises(MainlineError, match="nothing to challenge"):
        propose_challenger.run(released.root, two, "production")
    assert released.git.run("branch", "--list", "challenge-*") == ""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  - ../../components/gateway\n", "", "does not list ../../components/gateway"),
        ("  - release.yaml\n", "  - ./release.yaml\n", "has no line `- release.yaml`"),
        ("components/release", "components/releases", "no line `- ../../components/release`"),
    ],
)
def test_a_kustomization_of_another_form_is_left_alone(released, old, new, said):
    released.write(KUSTOMIZATION, OVERLAY.replace(old, new))
    released.commit("Mine")
    with pytest.raises(MainlineError, match=said):
        propose_challenger.run(released.root, released.release(2).version, "production")
    assert not (released.root / PRODUCTION).exists()
    assert released.git.run("branch", "--show-current") == "main\n"


def test_the_challenger_already_is_no_commit(released):
    propose_challenger.run(released.root, released.release(2).version, "production")
    released.git.run("switch", "-q", "main")
    released.git.run("merge", "-q", "--ff-only", "-")
    released.git.run("branch", "-q", "-D", f"challenge-production-{released.release(2).version}")
    with pytest.raises(MainlineError, match="is the challenger of production already"):
        propose_challenger.run(released.root, released.release(2).version, "production")


def test_a_challenger_that_main_never_released_is_refused(released):
    released.git.run("switch", "-q", "-c", "mine")
    released.write(PRODUCTION, propose_challenger.render(released.release(7)))
    with pytest.raises(MainlineError, match="no release that staging had on main"):
        check_promotion.run(released.root, "main")


def test_a_challenger_that_main_has_is_not_asked_for_again(released, capsys):
    released.write(PRODUCTION, propose_challenger.render(released.release(7)))
    released.commit("Forced")
    check_promotion.run(released.root, "main")
    assert "challenger" not in capsys.readouterr().out


def test_trace_says_where_it_challenges(released, capsys):
    propose_challenger.run(released.root, released.release(2).version, "production")
    released.git.run("switch", "-q", "main")
    released.git.run("merge", "-q", "--ff-only", "-")
    trace.run(released.root, released.release(2).version)
    assert "runs in   staging, production as challenger" in capsys.readouterr().out


def test_verify_rebuilds_it_as_well(released, monkeypatch, capsys):
    released.write(PRODUCTION, propose_challenger.render(released.release(2)))
    released.commit("Challenge")
    monkeypatch.setattr(verify, "_verified", lambda git, head, release, registry: release.version)
    verify.run(released.root, None, registry=False)
    assert f"challenger of production: {released.release(2).version}" in capsys.readouterr().out
