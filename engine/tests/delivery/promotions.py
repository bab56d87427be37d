"""What the branch of a promotion holds."""

from mainline.k8s.environments import release_path

PRODUCTION = release_path("production")


def made(story, number, path=PRODUCTION):
    """What the branch of a promotion holds on the origin; None when there is none."""
    branch = f"promote-{story.release(number).version}"
    story.git.run("fetch", "-q", "origin", "+refs/heads/*:refs/remotes/origin/*")
    found = story.git.resolve(f"origin/{branch}")
    return story.git.show(found, path) if found else None
