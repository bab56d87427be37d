"""The template's owner, who is nobody: what an image is called before a project has a registry."""

# Spelled apart: a new project's name would take its place.
PLACEHOLDER = "-".join(("your", "org"))


def unset(image: str) -> bool:
    """Whether an image still bears the template's owner."""
    return f"/{PLACEHOLDER}/" in f"/{image}/"
