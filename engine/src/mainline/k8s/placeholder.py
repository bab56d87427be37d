"""The placeholder owner in image names, until a project names its registry."""

# Spelled apart: a new project's name would take its place.
PLACEHOLDER = "-".join(("your", "org"))


def unset(image: str) -> bool:
    """Whether an image still names the placeholder owner."""
    return f"/{PLACEHOLDER}/" in f"/{image}/"
