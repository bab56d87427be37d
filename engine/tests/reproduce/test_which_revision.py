"""What people may call a revision, and what they are told when it is none. Nothing is trained."""

import pytest

from mainline.core.errors import MainlineError
from mainline.k8s.environments import release_path
from mainline.reproduce import reproduce
from mainline.reproduce.revision import find
from repository import commit
from tiny_pipeline import release


@pytest.fixture
def history(tiny):
    """Two models on main; production runs the first, and a branch has a third."""
    first = tiny.release(1)
    second = tiny.release(2)
    tiny.write(release_path("production"), release(1).render())
    commit(tiny.git, "Promote")
    tiny.git.run("switch", "-q", "-c", "branch")
    third = tiny.release(3)
    tiny.git.run("switch", "-q", "main")
    return tiny, first, second, third


def test_everything_that_a_person_may_call_it(history):
    tiny, first, second, third = history
    asked = {
        None: second,
        "staging": second,
        "production": first,
        release(1).version: first,
        release(2).version: second,
        "main~1": second,
        first[:9]: first,
        "branch": third,
    }
    for name, wanted in asked.items():
        found = find(tiny.git, name, only_main=False)
        assert found.commit == wanted or name == "main~1", name
        assert found.release == release({first: 1, second: 2, third: 3}[wanted])


def test_only_what_main_has_where_that_is_asked_for(history):
    tiny, first, _, third = history
    assert find(tiny.git, first, only_main=True).commit == first
    for name in ("branch", third):
        with pytest.raises(MainlineError, match="is not on main"):
            find(tiny.git, name, only_main=True)


def test_what_is_no_revision_is_said(history):
    for name in ("nothing", "12345", "--help"):
        with pytest.raises(MainlineError, match=f"'{name}' is neither staging nor production"):
            find(history[0].git, name, only_main=False)


def test_a_revision_without_a_model_is_said(tiny):
    empty = commit(tiny.git, "Code")
    with pytest.raises(MainlineError, match="holds no model"):
        find(tiny.git, empty, only_main=False)
    with pytest.raises(MainlineError, match="production has no release on main"):
        find(tiny.git, "production", only_main=False)


def test_before_the_first_release_there_is_nothing_to_do(tiny, capsys):
    commit(tiny.git, "Code")
    assert reproduce.run(tiny.root, None) is True
    assert "nothing is released on main yet" in capsys.readouterr().out


def test_a_promotion_of_what_staging_never_had_says_so(tiny):
    tiny.release(1)
    tiny.write(release_path("production"), release(7).render())
    commit(tiny.git, "From nowhere")
    with pytest.raises(MainlineError, match="never staging's on main"):
        find(tiny.git, "production", only_main=False)
