"""A branch promises a better model by its name. The gate holds it to that."""

RETRAIN = "retrain/"


def promised(branch: str) -> bool:
    """Whether the name of a branch asks for the rule of a retrain. An empty name does not."""
    return branch.startswith(RETRAIN)
