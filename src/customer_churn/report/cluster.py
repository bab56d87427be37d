"""What merging changes in the cluster: each overlay as it renders, before and after."""

from customer_churn.core.errors import UserError
from customer_churn.delivery import manifests
from customer_churn.git import Git
from customer_churn.report.markdown import Section, clip, escape

TITLE = "What changes in the cluster if you merge"


def section(git: Git, base: str) -> Section:
    """A diff that may be cut from its end, or one line: nothing changes, or why it is not known."""
    try:
        before = manifests.rendered_at(git, base) if base else {}
        found = manifests.difference(before, manifests.rendered(git.root))
    except Exception as error:  # the verdict above has to be read, whatever a manifest raises
        why = str(error) if isinstance(error, UserError) else repr(error)
        return Section(title=TITLE, lines=[f"Not known here: {escape(clip(why, 500))}"])
    lines = [line.replace("`", "'") for diff in found.values() for line in diff]
    if not lines:
        return Section(title=TITLE, lines=["Nothing: every overlay renders as it does on main."])
    return Section(title=TITLE, head=["```diff"], lines=lines, tail=["```"])
