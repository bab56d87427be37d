"""What git says, read so that no name of a file changes what we understand."""

import pytest

from customer_churn.core.errors import UserError
from repository import commit, repository


@pytest.fixture
def git(tmp_path):
    made = repository(tmp_path)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "network.py").write_text("a\n" * 50)
    commit(made)
    return made


def test_a_renamed_file_is_one_that_went_and_one_that_came(git):
    (git.root / "elsewhere").mkdir()
    git.run("mv", "model/network.py", "elsewhere/network.py")
    assert sorted(path for path, _, _ in git.changed("HEAD")) == [
        "elsewhere/network.py",
        "model/network.py",
    ]


@pytest.mark.parametrize(
    "name", ["Größe.py", "two words.py", 'quo"te.py', "tab\tbed.py", "a\nb.py"]
)
@pytest.mark.parametrize("tracked", [True, False])
def test_every_name_is_read_as_it_is(git, name, tracked):
    (git.root / name).write_text("one\n")
    if tracked:
        git.run("add", "-A")
    assert git.changed("HEAD") == [(name, 1, 0)]


def test_a_failure_says_what_was_asked_and_why(git):
    with pytest.raises(UserError, match=r"`git show nowhere` failed: .*nowhere"):
        git.run("show", "nowhere")
    assert git.run("show", "nowhere", check=False) == ""
