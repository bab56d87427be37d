"""An empty repository with somebody to commit as."""

from pathlib import Path

from mainline.git import Git


def repository(root: Path) -> Git:
    """On main, without a commit."""
    git = Git(root)
    git.run("init", "-q", "-b", "main")
    git.run("config", "user.name", "Ada")
    git.run("config", "user.email", "ada@example.com")
    return git


def commit(git: Git, message: str = "Change") -> str:
    """Everything that is there. Returns the commit."""
    git.run("add", "-A")
    git.run("commit", "-q", "--allow-empty", "-m", message)
    return git.run("rev-parse", "HEAD").strip()
