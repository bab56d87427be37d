"""One thing put wrong in rendered objects."""

DELETE = object()


def put(found: list[dict], path: str, value: object) -> bool:
    """Change the first object of a kind, or KIND:START of its name, as JSON Patch spells paths.

    Returns False when there is none.
    """
    which, *parts = (part.replace("~1", "/") for part in path.split("/"))
    kind, _, name = which.partition(":")
    alike = (n for n, it in enumerate(found) if it["kind"] == kind)
    place = next((n for n in alike if found[n]["metadata"]["name"].startswith(name)), None)
    if place is None:
        return False
    inside: object = found
    keys: list = [place, *(int(part) if part.isdigit() else part for part in parts)]
    for key in keys[:-1]:
        inside = inside[key]
    if value is DELETE:
        del inside[keys[-1]]
    else:
        inside[keys[-1]] = value
    return True
