"""The releases of main that stand. One that main has gone back behind does not."""

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.gate.champion import Champion, section_at
from mainline.git import Git
from mainline.params.gate import GateSettings
from mainline.release.release_file import Release


def remembered(git: Git, commit: str) -> list[Champion]:
    """The releases whose bytes the gate may ask for at a commit of main, the champion first.

    They are as many as its own `gate.champion.memory`. Raises MainlineError when the release or the
    settings cannot be read.
    """
    champion = Champion.at(git, commit)
    if champion is None:
        return []
    memory = section_at(git, commit, "gate", GateSettings).champion.memory
    return standing(champion)[: max(memory, 1)]


def standing(champion: Champion) -> list[Champion]:
    """The champion, and the releases before it that stand, newest first.

    When main releases a model that it has released before, all releases since then are taken back:
    after A, B, C, B there stand B and A. A release file that cannot be read is left out.
    """
    git = champion.git
    commits = [each.hash for each in git.line(champion.commit, Layout.release)]
    stand: dict[str, Champion] = {}  # by content, oldest first
    texts = git.texts(commits, Layout.release)
    for commit, text in reversed(list(zip(commits, texts, strict=True))):
        try:
            release = Release.parse(text or "", name=f"{Layout.release} at {commit[:12]}")
        except MainlineError:
            continue
        if release.content in stand:
            contents = list(stand)
            for content in contents[contents.index(release.content) :]:
                del stand[content]
        stand[release.content] = Champion(git, commit, release)
    stand.pop(champion.release.content, None)
    return [champion, *reversed(stand.values())]
