"""What identity and order lines mean, in plain loops and dictionaries: slow, short, for comparison only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

STRONG = ("customer_id", "tax_id", "email", "phone")


@dataclass(frozen=True)
class Row:
    """A row that names a customer; ``in_tab``: of a customers tab. Blank = None."""

    in_tab: bool = True
    customer_id: str | None = None
    tax_id: str | None = None
    email: str | None = None
    phone: str | None = None
    name: str | None = None

    def strong(self) -> set[tuple[str, str]]:
        return {(kind, value) for kind in STRONG if (value := getattr(self, kind))}


def _connected(tokens: Mapping[int, set[tuple[str, str]]]) -> list[set[int]]:
    """Whoever shares a token, directly or over others, together."""
    groups: list[set[int]] = []
    for i in tokens:
        touching = [g for g in groups if any(tokens[i] & tokens[j] for j in g)]
        groups = [g for g in groups if g not in touching] + [{i}.union(*touching)]
    return groups


def _separated(group: set[int], rows: Sequence[Row]) -> tuple[list[set[int]], dict[int, set[str]]]:
    """A group with several customer_ids: one group an id, groups without, and who is in doubt between which ids."""
    of = {i: rows[i].customer_id for i in group if rows[i].customer_id}
    doubts: dict[int, set[str]] = {}
    while True:
        fresh: dict[int, str] = {}
        for i in group - of.keys() - doubts.keys():
            meant = []
            for kind, value in rows[i].strong():
                ids = {of[j] for j in of if getattr(rows[j], kind) == value and kind != "customer_id"}
                if ids:
                    meant.append(ids)
            if not meant:
                continue
            common = set.intersection(*meant)
            sure = {next(iter(m)) for m in meant if len(m) == 1}
            if len(common) == 1 and len(sure) < 2:
                fresh[i] = common.pop()
            else:
                doubts[i] = set.union(*meant)
        of |= fresh
        if not fresh:
            break
    groups = [{i for i in of if of[i] == one} for one in sorted(set(of.values()))]
    left = group - of.keys() - doubts.keys()
    groups += _connected({i: rows[i].strong() for i in left})
    return groups, doubts


def identities(rows: Sequence[Row]) -> list[str | frozenset[str] | None]:
    """For each row its customer's identity, the identities it may mean, or None."""
    strong = {i: r.strong() for i, r in enumerate(rows) if r.strong()}
    groups: list[set[int]] = []
    id_doubts: dict[int, set[str]] = {}
    for group in _connected(strong):
        if len({rows[i].customer_id for i in group} - {None}) > 1:
            parts, doubts = _separated(group, rows)
            groups += parts
            id_doubts |= doubts
        else:
            groups.append(group)
    groups = _joined_by_name(groups, rows)
    by_name: dict[str, list[int]] = {}
    for g, group in enumerate(groups):
        for name in {rows[i].name for i in group} - {None}:
            by_name.setdefault(str(name), []).append(g)
    found: list[str | frozenset[str] | None] = [None] * len(rows)
    for group in groups:
        for i in group:
            found[i] = _identity(group, rows)
    for i, ids in id_doubts.items():
        found[i] = frozenset(str(found[j]) for j, r in enumerate(rows) if r.customer_id in ids)
    for i, row in enumerate(rows):
        if i in strong or not row.name:
            continue
        meant = by_name.get(row.name, [])
        options = {_identity(groups[g], rows) for g in meant} or {row.name}
        found[i] = options.pop() if len(options) == 1 else frozenset(options)
    return found


def _joined_by_name(groups: list[set[int]], rows: Sequence[Row]) -> list[set[int]]:
    def kinds(group: set[int]) -> list[str]:
        return sorted({kind for i in group for kind, _ in rows[i].strong()})

    def compatible(several: Sequence[set[int]]) -> bool:
        all_kinds = [kind for group in several for kind in kinds(group)]
        listed = sum(any(rows[i].in_tab for i in group) for group in several)
        return len(all_kinds) == len(set(all_kinds)) and listed <= 1

    names = sorted({r.name for r in rows if r.name})
    links: dict[int, set[tuple[str, str]]] = {g: set() for g in range(len(groups))}
    for name in names:
        having = [g for g, group in enumerate(groups) if any(rows[i].name == name for i in group)]
        if len(having) > 1 and compatible([groups[g] for g in having]):
            for g in having:
                links[g].add(("name", name))
    joined: list[set[int]] = []
    for chain in _connected(links):
        several = [groups[g] for g in sorted(chain)]
        joined += [set().union(*several)] if compatible(several) else several
    return joined


def _identity(group: set[int], rows: Sequence[Row]) -> str:
    for kind in (*STRONG, "name"):
        values = sorted(v for i in group if (v := getattr(rows[i], kind)))
        if values:
            return values[0]
    raise AssertionError(group)


@dataclass(frozen=True)
class Line:
    """A row of an orders tab."""

    order_id: str
    customer: str
    day: date
    total: int | None = None
    product: str | None = None
    status: str | None = None


def orders(lines: Sequence[Line]) -> tuple[dict[str, tuple[str, date, int | None, str, str | None]], set[int]]:
    """Orders by id (customer, day, total, products, status), and the rows that contradict each other."""
    found: dict[str, tuple[str, date, int | None, str, str | None]] = {}
    contradicting: set[int] = set()
    for one in sorted({line.order_id for line in lines}):
        mine = [i for i, line in enumerate(lines) if line.order_id == one]
        if len({(lines[i].customer, lines[i].day) for i in mine}) > 1:
            below = [i for i in mine if (lines[i].total or 0) < 0]
            rest = [i for i in mine if i not in below]
            if not rest or len({(lines[i].customer, lines[i].day) for i in rest}) > 1:
                contradicting |= set(rest)
                mine = below[:1] if below else []
            else:
                mine = rest
        if mine:
            here = [lines[i] for i in mine]
            totals = [line.total for line in here if line.total is not None]
            total = None if not totals else totals[0] if len(set(totals)) == 1 else sum(totals)
            products = ", ".join(dict.fromkeys(line.product for line in here if line.product))
            status = next((line.status for line in here if line.status), None)
            found[one] = (here[0].customer, here[0].day, total, products, status)
    return found, contradicting
