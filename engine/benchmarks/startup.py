"""How long the command line takes to say what it can do."""

from measure import ROOT, Result, child, command, main

SECONDS = 0.3


def measure(_: list[int], repeat: int) -> list[Result]:
    """`--help` of everything and of one command; there is no size to it."""
    found = []
    for line in (["--help"], ["run", "--help"]):
        costs = [child(command(*line), ROOT) for _ in range(repeat)]
        took, cpu = ([getattr(cost, name) for cost in costs] for name in ("wall", "cpu"))
        found.append(Result.of(" ".join(line), "", took, "s", most=SECONDS))
        found.append(Result.of(" ".join(line), "", cpu, "CPU s"))
    return found


if __name__ == "__main__":
    main(__doc__, measure, [], 15)
