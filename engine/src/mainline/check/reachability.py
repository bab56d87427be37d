"""Who reaches whom under network policies, as the API defines them."""

from dataclasses import dataclass, field
from typing import Any

Policies = list[dict[str, Any]]


@dataclass(frozen=True)
class Peer:
    """A pod, or, without a namespace, something outside of the cluster."""

    name: str
    namespace: str | None = None
    labels: dict[str, str] = field(default_factory=dict, hash=False)
    namespace_labels: dict[str, str] = field(default_factory=dict, hash=False)


def reaches(policies: Policies, source: Peer, target: Peer, port: int, protocol: str) -> bool:
    """Whether the policies of both ends let `source` speak to `target`.

    Raises ValueError for a field that is not read here.
    """
    ends = (("Egress", "to", source, target), ("Ingress", "from", target, source))
    return all(
        _agrees(policies, direction, side, (end, other), (port, protocol))
        for direction, side, end, other in ends
    )


def _agrees(
    policies: Policies, direction: str, side: str, ends: tuple[Peer, Peer], by: tuple[int, str]
) -> bool:
    """Policies that select a pod close it in their direction, and add up in what they open."""
    end, other = ends
    selecting = [
        policy["spec"]
        for policy in policies
        if policy["metadata"]["namespace"] == end.namespace
        and direction in policy["spec"]["policyTypes"]
        and _selects(policy["spec"]["podSelector"], end.labels)
    ]
    if not selecting:
        return True
    rules = [rule for spec in selecting for rule in spec.get(direction.lower()) or []]
    return any(
        _opens(_only(rule, side, "ports"), side, end, other) and _has(rule, *by) for rule in rules
    )


def _opens(rule: dict[str, Any], side: str, end: Peer, other: Peer) -> bool:
    """Whether the rule has `other` among its peers; without peers it opens to all."""
    return not rule.get(side) or any(_is(peer, side, end, other) for peer in rule[side])


def _is(peer: dict[str, Any], side: str, end: Peer, other: Peer) -> bool:
    """Without a namespaceSelector, pods of the policy's own namespace are meant.

    Addresses that pods may go to are read as outside of the cluster.
    """
    if side == "to" and peer.keys() == {"ipBlock"}:
        return other.namespace is None
    if not _only(peer, "podSelector", "namespaceSelector"):
        raise ValueError("a network policy has an empty peer")
    if other.namespace is None:
        return False
    if "namespaceSelector" in peer:
        inside = _selects(peer["namespaceSelector"], other.namespace_labels)
    else:
        inside = other.namespace == end.namespace
    return inside and _selects(peer.get("podSelector", {}), other.labels)


def _has(rule: dict[str, Any], port: int, protocol: str) -> bool:
    """A rule without ports opens all of them."""
    named = [_only(it, "port", "protocol") for it in rule.get("ports") or []]
    if not all(isinstance(it.get("port"), int) for it in named):
        raise ValueError(f"a network policy has ports that this rule cannot read: {named}")
    return not named or any(
        it["port"] == port and it.get("protocol", "TCP") == protocol for it in named
    )


def _selects(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    return bool(_only(selector, "matchLabels").get("matchLabels", {}).items() <= labels.items())


def _only(found: dict[str, Any], *known: str) -> dict[str, Any]:
    if not found.keys() <= set(known):
        raise ValueError(f"a network policy has what this rule cannot read: {found}")
    return found
