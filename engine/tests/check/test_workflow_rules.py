"""Rules on workflows: ours hold them, and each finds its flaws in one that is good."""

import pytest
from parsed_workflows import ours, parsed

from mainline.check import workflows
from mainline.check.workflows import MAIN, OURS, only_main

COMMIT = "a" * 40
GOOD = f"""\
name: Good
on:
  push:
    branches: [main]
  pull_request:
  merge_group:
permissions: {{}}
jobs:
  one:
    name: one
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@{COMMIT} # v7.0.1
        with:
          persist-credentials: false
      - env:
          WHO: ${{{{ github.actor }}}}
        run: echo "$WHO"
"""
BY_HAND = f"""\
name: By hand
on:
  workflow_dispatch:
permissions: {{}}
jobs:
  two:
    if: {MAIN}
    environment: keep
    runs-on: [self-hosted]
    timeout-minutes: 10
    permissions:
      contents: write
    steps:
      - uses: actions/checkout@{COMMIT} # v7.0.1
        with:
          persist-credentials: false
      - env:
          KEY: ${{{{ secrets.KEY }}}}
        run: echo "$KEY"
"""
AFTER = f"""\
name: After
on:
  workflow_run:
    workflows: [Good]
    types: [completed]
permissions: {{}}
jobs:
  three:
    environment: keep
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions:
      statuses: write
    steps:
      - uses: actions/checkout@{COMMIT} # v7.0.1
        with:
          persist-credentials: false
      - uses: actions/download-artifact@{COMMIT} # v8.0.1
        with:
          name: judged
      - run: make
"""


RUNS = (
    AFTER.partition("    environment")[0]
    + """\
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions:
      contents: read
    steps:
      - env:
          HOW: plain
        run: mainline repackage --received received
"""
)


def setup(language: str, said: str, before: str = "      - run: make") -> tuple[str, str]:
    """A step that sets up a language, put in before another."""
    step = f"      - uses: actions/setup-{language}@{COMMIT} # v7.0.0\n        with:\n"
    return before, f"{step}          {said}\n{before}"


@pytest.mark.parametrize("rule", workflows.RULES, ids=lambda rule: rule.__name__)
def test_the_rule_holds(rule):
    assert ours()
    for workflow in [*map(parsed, (GOOD, BY_HAND, AFTER, RUNS)), *ours()]:
        assert list(rule(workflow)) == [], workflow.name


JOB = "    runs-on: ubuntu-latest\n"
RIGHTS = "    permissions:\n      contents: read\n"
FLAWS = {
    "rights": [
        (GOOD, "permissions: {}\n", ""),
        (GOOD, "permissions: {}\n", "permissions: write-all\n"),
        (GOOD, RIGHTS, ""),
    ],
    "starts": [
        (GOOD, "  pull_request:\n", "  pull_request_target:\n"),
        (GOOD, "  pull_request:\n", "  issue_comment:\n"),
        (BY_HAND, "on:\n  workflow_dispatch:\n", "on: [push, issues]\n"),
    ],
    "pinned": [
        (GOOD, f"@{COMMIT} # v7.0.1", "@v7"),
        (GOOD, f"@{COMMIT} # v7.0.1", f"@{COMMIT}"),
        (GOOD, f"actions/checkout@{COMMIT}", "docker://alpine:3"),
    ],
    "ends": [
        (GOOD, "    timeout-minutes: 10\n", ""),
        (GOOD, "timeout-minutes: 10", "timeout-minutes: 360"),
    ],
    "no_expression_in_a_shell": [(GOOD, 'echo "$WHO"', "echo ${{ github.head_ref }}")],
    "strangers": [
        (GOOD, "github.actor", "secrets.KEY"),
        (GOOD, JOB, "    runs-on: [self-hosted, gpu]\n"),
        (GOOD, JOB, "    runs-on: ${{ fromJSON(vars.GPU_RUNNER) }}\n"),
        (GOOD, "contents: read", "contents: write"),
        (GOOD, RIGHTS, "    permissions: write-all\n"),
        (GOOD, JOB, f"    if: {MAIN} || true\n    runs-on: mine\n"),
    ],
    "main_code": [
        (BY_HAND, f"    if: {MAIN}\n", ""),
        (BY_HAND, "          persist-credentials: false\n", "          ref: other\n"),
        (GOOD, "persist-credentials: false", "fetch-depth: 0"),
        (
            BY_HAND,
            "persist-credentials: false\n",
            "persist-credentials: false\n          ref: ${{ github.head_ref }}\n",
        ),
    ],
    "from_outside": [
        (AFTER, "    workflows: [Good]\n", ""),
        (AFTER, "    environment: keep\n", ""),
        (AFTER, "persist-credentials: false\n", "ref: ${{ github.event.workflow_run.head_sha }}\n"),
        (AFTER, "persist-credentials: false\n", "repository: ada/r\n"),
        (AFTER, "name: judged\n", "run-id: ${{ github.event.workflow_run.id }}\n"),
    ],
    "closed_secrets": [
        (BY_HAND, "    environment: keep\n", ""),
        (GOOD, "github.actor", "secrets.KEY"),
    ],
    "no_cache_beside_a_secret": [
        (AFTER, f"actions/download-artifact@{COMMIT} # v8.0.1", f"actions/cache@{COMMIT} # v5.0.5"),
        (
            BY_HAND,
            f"actions/checkout@{COMMIT} # v7.0.1",
            f"actions/cache/restore@{COMMIT} # v5.0.5",
        ),
        (AFTER, *setup("python", "cache: pip")),
        (AFTER, *setup("python", "cache-dependency-path: requirements.txt")),
        (AFTER, *setup("go", "go-version: stable")),
        (AFTER, *setup("node", "package-manager-cache: true")),
        (BY_HAND, *setup("go", "cache: true", "      - env:")),
    ],
    "nothing_beside_a_proposal": [
        (RUNS, "    permissions:\n", "    environment: judge\n    permissions:\n"),
        (RUNS, "contents: read", "id-token: write"),
        (RUNS, "contents: read", "contents: write"),
        (RUNS, "HOW: plain", "HOW: ${{ secrets.KEY }}"),
        (RUNS, "HOW: plain", "GITHUB_TOKEN: ${{ github.token }}"),
        (
            RUNS,
            "      - env:",
            f"      - uses: actions/upload-artifact@{COMMIT} # v7.0.0\n      - env:",
        ),
    ],
    "one_run": [
        (GOOD, "    branches: [main]\n", ""),
        (GOOD, "branches: [main]", 'branches: ["**"]'),
        (GOOD, "branches: [main]", "branches: [main, release]"),
        (GOOD, "branches: [main]", 'paths: ["src/**"]'),
    ],
}


@pytest.mark.parametrize(
    ("name", "text", "old", "new"),
    [(name, *flaw) for name, flaws in FLAWS.items() for flaw in flaws],
)
def test_a_flaw_is_found(name, text, old, new):
    assert text.count(old) == 1
    assert list(getattr(workflows, name)(parsed(text.replace(old, new))))


def test_every_rule_has_a_flaw():
    assert {rule.__name__ for rule in workflows.RULES} == FLAWS.keys()


def test_a_branch_of_ours_may_have_what_a_fork_may_not():
    powers = GOOD.replace("github.actor", "secrets.KEY").replace(JOB, f"    if: {OURS}\n{JOB}")
    assert list(workflows.strangers(parsed(powers))) == []
    inverted = powers.replace("==", "!=")
    assert list(workflows.strangers(parsed(inverted)))


def test_a_setup_without_its_cache_is_no_cache():
    for language, said in (("python", "python-version: 3"), ("go", "cache: false")):
        text = AFTER.replace(*setup(language, said))
        assert list(workflows.no_cache_beside_a_secret(parsed(text))) == []


def test_a_job_that_reads_and_judges_nothing_may_have_a_cache():
    cached = GOOD.replace("actions/checkout", "actions/cache")
    own = cached.replace("contents: read", "id-token: write")
    assert list(workflows.no_cache_beside_a_secret(parsed(own))) == []


def test_a_job_without_powers_may_start_by_hand_anywhere():
    plain = BY_HAND.replace(f"    if: {MAIN}\n", "").replace("secrets.KEY", "github.actor")
    plain = plain.replace("contents: write", "contents: read").replace(
        "[self-hosted]", "ubuntu-24.04"
    )
    assert list(workflows.main_code(parsed(plain))) == []


def test_an_action_of_the_project_s_own_needs_no_commit():
    local = GOOD.replace(f"actions/checkout@{COMMIT} # v7.0.1", "./.github/actions/mine")
    assert list(workflows.pinned(parsed(local))) == []


@pytest.mark.parametrize("condition", ["", f"{MAIN} || true", f"{MAIN} && x || y", f"!({MAIN})"])
def test_a_condition_that_lets_a_pull_request_in_is_seen(condition):
    assert only_main({"if": f"{MAIN} && !cancelled()"})
    assert not only_main({"if": condition} if condition else {})
