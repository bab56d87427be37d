"""The text of a promotion's pull request: production's release before and after."""

from datetime import UTC, datetime

from mainline.delivery.deployments import Deployment, deployments, led, origins
from mainline.delivery.evidence import Evidence
from mainline.delivery.history import lasted
from mainline.experiments.experiment_result import Result
from mainline.experiments.result_page import section as experiment
from mainline.git import Git
from mainline.k8s.environments import PRODUCTION, release_at
from mainline.release.release_file import Release
from mainline.report.cluster import section as cluster
from mainline.report.markdown import Section, clip, code, escape, fit, table


def body(
    git: Git, base: str, release: Release, proof: Evidence, tried: Result | None = None
) -> str:
    """Markdown for the checked-out promotion. `base` is the commit of main that it starts from.

    `tried` is an experiment in which the release was the challenger.
    """
    made_by = origins(git, base)
    return fit(
        [
            Section(lines=_intro(git, base, release, made_by)),
            Section(lines=[*_seen(proof), ""]),
            *([Section(head=["### Experiment", ""], lines=experiment(tried))] if tried else []),
            cluster(git, base),
            Section(lines=_afterwards()),
        ]
    )


def _intro(git: Git, base: str, release: Release, made_by: dict[Release, Deployment]) -> list[str]:
    now = release_at(git, base, PRODUCTION)
    came = made_by.get(now) if now else None
    made = made_by.get(release)
    then = [("version", now and now.version, release.version), ("image", *_digests(now, release))]
    header = ["", "production now", "with this"]
    rows = [[name, code(old or "none"), code(new)] for name, old, new in then]
    rows.append(["on test rows", *(led(git, each) if each else "" for each in (came, made))])
    rows.append(["from", *(_change(each) for each in (came, made))])
    return [
        "Production gets the release file that staging runs, byte for byte. Merging deploys it.",
        "",
        *_before(git, base, release),
        *table(header, rows),
        "",
        *([_lead(made), ""] if made else []),
    ]


def _before(git: Git, base: str, release: Release) -> list[str]:
    """A warning if production had this release before: it may have been rolled back on purpose."""
    found = [each for each in deployments(git, base, PRODUCTION) if each.release == release]
    if not found:
        return []
    last = f"{found[-1].when:%Y-%m-%d}, {found[-1].commit[:12]}"
    said = f"**Production had this version before ({last}). Is it good now? It was rolled back.**"
    return [said, ""]


def _digests(now: Release | None, release: Release) -> tuple[str, str]:
    return now.digest[:19] if now else "", release.digest[:19]


def _change(made: Deployment | None) -> str:
    """The commit that made a model. GitHub turns hash and pull request number into links."""
    if made is None:
        return ""
    pull = f"#{made.pull} " if made.pull else ""
    return f"{pull}{escape(clip(made.title, 80))} ({made.commit[:12]})"


def _lead(made: Deployment) -> str:
    waited = datetime.now(UTC) - made.when
    return (
        f"Lead time: {lasted(made.lead)} from the first commit of the change to staging, and "
        f"{lasted(waited)} in staging until this was opened."
    )


def _seen(proof: Evidence) -> list[str]:
    lines = []
    if proof.reason:
        lines += [f"**Promoted because:** {escape(clip(proof.reason, 500))}", ""]
    if not proof.checks:
        return [*lines, "**No smoke test was made.**"]
    rows = [
        [escape(check.name), "✅" if check.passed else "❌", escape(check.seen), escape(check.bar)]
        for check in proof.checks
    ]
    origin = [
        ["where", proof.where],
        ["server", proof.server],
        ["when", proof.made_at],
        ["by", proof.made_by],
    ]
    about = [[name, "", escape(clip(value, 200)), ""] for name, value in origin]
    return [*lines, *table(["smoke test", "", "seen", "bar"], [*about, *rows])]


def _afterwards() -> list[str]:
    return [
        "`check-promotion` has compared the file with staging's releases on main. If no GitHub App "
        "opened this, the other checks are those of its base commit. To roll back after the merge:",
        "",
        "```",
        f"mainline rollback {PRODUCTION}",
        "```",
    ]
