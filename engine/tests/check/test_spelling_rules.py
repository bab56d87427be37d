"""A name, label or annotation that the API server refuses is found."""

import pytest

from mainline.check.spelling import names

BAD = [
    {"name": "Upper"},
    {"name": "under_score"},
    {"name": "z" * 64},
    {"name": "x", "namespace": "z" * 64},
    {"name": "x", "labels": {"a": "z" * 64}},
    {"name": "x", "labels": {"a": "sha256:abc"}},
    {"name": "x", "labels": {"a": True}},
    {"name": "x", "labels": {"z" * 64: "a"}},
    {"name": "x", "labels": {"a/b/c": "d"}},
    {"name": "x", "annotations": {f"prefix.io/{'z' * 64}": "a"}},
    {"name": "x", "annotations": {"a": 1}},
]


@pytest.mark.parametrize("metadata", BAD)
def test_it_is_found(metadata):
    assert list(names([{"kind": "Job", "metadata": metadata}]))


@pytest.mark.parametrize("metadata", [it for it in BAD if it.keys() & {"labels", "annotations"}])
def test_it_is_found_on_pods(metadata):
    pod = {"metadata": {key: it for key, it in metadata.items() if key != "name"}}
    job = {"kind": "Job", "metadata": {"name": "x"}, "spec": {"template": pod}}
    assert list(names([job]))


def test_good_names_pass():
    metadata = {"name": "a.b-1", "namespace": "c", "labels": {"x.io/a": "B_1"}}
    assert list(names([{"kind": "ConfigMap", "metadata": metadata}])) == []
