"""The rule `server`: the server of the manifests beside the TensorFlow of the lock."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from mainline.core.errors import MainlineError
from mainline.gate import decide, server

ROOT = Path(__file__).parents[3]
IMAGE = "docker.io/tensorflow/serving"


@pytest.fixture
def project(tmp_path):
    """Files of a project: the text of the lock, and of kustomizations by their folder."""

    def write(lock: str = "tensorflow==2.21.0 \\\n    --hash=sha256:0\n", **kustomizations: str):
        texts = {"requirements/train.txt": lock}
        texts |= {f"k8s/{name}/kustomization.yaml": text for name, text in kustomizations.items()}
        for name, text in texts.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return tmp_path

    return write


def entry(tag: str) -> str:
    return f"images:\n- name: mainline/server\n  newName: {IMAGE}\n  newTag: {tag}\n"


@pytest.mark.parametrize(
    ("trained", "tag", "said"),
    [
        ("2.21.0", "2.21.0", "is new enough"),
        ("2.21.0", "2.22.1", "is new enough"),
        ("2.21.1", "2.21.0", "is new enough"),  # patches change no format
        ("2.21.0rc1", "2.21.0-gpu", "is new enough"),
        ("2.21.0", "2.20.0", "is older"),
        ("2.21.0", "2.9.0", "is older"),
    ],
)
def test_one_major_version_passes_and_an_older_server_is_told(trained, tag, said):
    assert said in server.compared(trained, f"{IMAGE}:{tag}")


@pytest.mark.parametrize(
    ("trained", "tag", "said"),
    [
        ("2.21.0", "3.0.0", "different major versions"),
        ("3.0.0", "2.21.0", "different major versions"),
        ("2.21.0", "latest", "the tag of .* is 'latest'"),
        ("2.21.0", "", "is ''"),
        ("2.21.0", "2.20", "is '2.20'"),
        ("2.21.0", "nightly-2.20.0", "is 'nightly-2.20.0'"),
        ("2.21.0", "12.20.0", "different major versions"),
        ("2.x", "2.20.0", "TensorFlow in requirements/train.txt is '2.x'"),
    ],
)
def test_another_major_version_or_none_is_refused(trained, tag, said):
    with pytest.raises(MainlineError, match=said):
        server.compared(trained, f"{IMAGE}:{tag}")


def test_each_image_has_its_rule_and_a_mirror_counts(project):
    root = project(
        base=entry(f"2.21.0@sha256:{'a' * 64}"),
        gpu=entry("3.1.0-gpu").replace(IMAGE, "mirror.example/tf/server"),
        overlay=f"images:\n- name: {IMAGE}\n  newTag: 2.20.1\n",
        other="images:\n- name: mirror.example/commands\n  newTag: v1\n",
    )
    found = {rule.figure: rule.outcome for rule in server.rules(root)}
    assert found == {
        "serving:2.21.0": "pass",
        "server:3.1.0-gpu": "fail",
        "serving:2.20.1": "pass",
    }


def test_a_tag_with_a_digest_behind_it_is_the_tag(project):
    root = project(base=entry(f"2.20.0@sha256:{'a' * 64}"))
    (rule,) = server.rules(root)
    assert (rule.figure, rule.outcome) == ("serving:2.20.0", "pass")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"base": "resources: []\n"}, "sets no tag for mainline/server"),
        ({"base": entry("2.20.0"), "lock": "keras==3.15.1 \\\n"}, "one version of tensorflow"),
        ({"base": entry("2.20.0"), "lock": "tensorflow==2\ntensorflow==3\n"}, "has 2 and 3"),
    ],
)
def test_what_cannot_be_compared_is_refused(project, files, said):
    with pytest.raises(MainlineError, match=said):
        server.rules(project(**files))


def test_a_digest_alone_names_no_version(project):
    root = project(base=f"images:\n- name: {IMAGE}\n  digest: sha256:{'a' * 64}\n")
    (rule,) = server.rules(root)
    assert rule.outcome == "fail"


def test_without_manifests_there_is_no_rule(project):
    assert server.rules(project()) == []


def test_the_gate_closes_on_it(project):
    root = project(base=entry("latest"))
    bars = SimpleNamespace(gate=None, evaluation=None)
    found = {rule.name: rule for rule in decide._quality(SimpleNamespace(root=root), bars)}
    assert found["server"].outcome == "fail"
    assert "'latest'" in found["server"].why


def test_the_servers_of_this_project_fit_its_models():
    found = server.rules(ROOT)
    assert len(found) == 2  # with a GPU and without
    assert {rule.outcome for rule in found} == {"pass"}
