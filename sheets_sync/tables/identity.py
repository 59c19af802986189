"""Who is who: mentions that share an identifier are one customer; two different customer_ids never are.

Identifiers, strongest first: customer_id, CPF, e-mail, phone, folded name. A name joins only where it can mean one
customer: everybody else of that name adds identifiers of other kinds, and at most one of them is a row of a customers
tab. A mention that fits two customers belongs to neither: that is a question, never a guess.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from msgspec import Struct

from sheets_sync.config import Settings
from sheets_sync.tables.components import components, groups_of
from sheets_sync.tables.mentions import ID, KINDS, NAME, Mentions, known_forms
from sheets_sync.tables.pieces import Coded, Flags, Positions, Text, folded_names, text_series
from sheets_sync.tables.shared_identifiers import separate

STRONG = KINDS[:-1]
CROWD = 5
"""An e-mail, phone or CPF under more different names than this is nobody's own."""


class Identities(Struct, frozen=True, kw_only=True):
    """``customer``: each mention's customer, -1 where it names nobody or is in doubt; ``candidates``: whom a doubtful
    mention may mean; ``identity``: each customer's name in keys, unique; ``crowded``: (kind, value) of identifiers that
    identify nobody.
    """

    customer: Positions
    candidates: Mapping[int, tuple[int, ...]]
    identity: Text
    crowded: tuple[tuple[str, str], ...] = ()

    def __len__(self) -> int:
        """How many customers."""
        return len(self.identity)


def resolve(mentions: Mentions, region: str) -> Identities:
    """The customers behind all mentions."""
    kinds = {kind: mentions.kinds[kind].codes for kind in KINDS}
    crowded: list[tuple[str, str]] = []
    for kind in STRONG[1:]:
        kinds[kind] = _without_crowds(kinds[kind], kinds[NAME], kind, mentions.kinds[kind].words, crowded)
    strong = np.any([kinds[kind] >= 0 for kind in STRONG], axis=0)
    label = components(len(mentions), [kinds[kind] for kind in STRONG])
    label[~strong] = -1
    doubts: dict[int, tuple[int, ...]] = {}  # mention → labels
    label = _never_two_ids(kinds, label, doubts)
    joined = _join_by_name(kinds, label, mentions.in_tab)
    if doubts:
        now = dict(zip(label.tolist(), joined.tolist(), strict=True))
        doubts = {m: tuple(now[c] for c in several if c in now) for m, several in doubts.items()}
    label = joined
    label = _only_named(kinds[NAME], label, strong, doubts)
    label = _look_up_unclear(mentions, label, doubts, region)

    customer, labels = pd.factorize(label)
    customer = np.where(label < 0, -1, customer)
    keep = labels >= 0
    renumber = np.append(np.where(keep, np.cumsum(keep) - 1, -1), -1)
    customer = renumber[customer]
    used = {kind: Coded(codes=kinds[kind], words=mentions.kinds[kind].words) for kind in KINDS}
    identity = _names_in_keys(used, customer, int(keep.sum()))
    wanted = {c for several in doubts.values() for c in several}
    place = {int(labels[i]): int(renumber[i]) for i in np.flatnonzero(np.isin(labels, [*wanted]))} if wanted else {}
    renumbered = {s: tuple(sorted({place[c] for c in s if c in place})) for s in set(doubts.values())}
    candidates = {m: renumbered[several] for m, several in doubts.items()}
    return Identities(customer=customer, candidates=candidates, identity=identity, crowded=tuple(crowded))


def _without_crowds(
    codes: Positions, names: Positions, kind: str, words: Text, crowded: list[tuple[str, str]]
) -> Positions:
    """Identifiers without those that many names have: the phone of the shop itself, an e-mail typed for want of one."""
    use = (codes >= 0) & (names >= 0)
    pairs = pd.DataFrame({"code": codes[use], "name": names[use]}).drop_duplicates()
    count = np.bincount(pairs["code"], minlength=len(words))
    full = np.flatnonzero(count > CROWD)
    crowded += [(kind, str(words.iloc[code])) for code in full]
    return np.where(np.isin(codes, full), -1, codes) if len(full) else codes


def _never_two_ids(kinds: Mapping[str, Positions], label: Positions, doubts: dict[int, tuple[int, ...]]) -> Positions:
    """Where a group holds two customer_ids, each id is a customer of its own and the others go where they fit."""
    ids = kinds[ID]
    pairs = pd.DataFrame({"label": label[ids >= 0], "id": ids[ids >= 0]}).drop_duplicates()
    mixed = pairs["label"][pairs["label"].duplicated()].unique()
    if not len(mixed):
        return label
    at = np.flatnonzero(np.isin(label, mixed))
    base = len(label)
    found = separate({kind: kinds[kind][at] for kind in STRONG[1:]}, ids[at])
    out = label.copy()
    rest = np.flatnonzero(found.of < 0)
    out[at] = base + found.of
    for i in found.doubts:
        out[at[i]] = -1
        doubts[int(at[i])] = tuple(base + c for c in found.doubts[i])
    free = np.array([i for i in rest if i not in found.doubts], dtype=np.int64)
    if len(free):  # nobody's: customers without an id, whom only a doubtful row connects with one
        out[at[free]] = at[free][components(len(free), [kinds[kind][at[free]] for kind in STRONG])]
    return out


def _join_by_name(kinds: Mapping[str, Positions], label: Positions, in_tab: Flags) -> Positions:
    """Groups of one name become one customer where nothing speaks against it."""
    names = kinds[NAME]
    use = (names >= 0) & (label >= 0)
    if not use.any():
        return label
    pairs = pd.DataFrame({"name": names[use], "label": label[use]}).drop_duplicates()
    pairs = pairs[pairs["name"].duplicated(keep=False)]
    if pairs.empty:
        return label
    position, groups = groups_of(label)
    held = np.zeros(len(groups), dtype=np.int64)  # which kinds of identifiers a group has, one bit each
    for bit, kind in enumerate(STRONG):
        held[position[(kinds[kind] >= 0) & (position >= 0)]] |= 1 << bit
    listed = np.zeros(len(groups), dtype=np.int64)
    listed[position[in_tab & (position >= 0)]] = 1
    pairs["group"] = np.searchsorted(groups, pairs["label"])
    fits = _compatible(pairs["name"].to_numpy(), held[pairs["group"]], listed[pairs["group"]])
    pairs = pairs[fits]
    if pairs.empty:
        return label
    merged = components(len(groups), [], links=(pairs["group"].to_numpy(), pairs["name"].to_numpy()))
    good = _compatible(merged, held, listed)  # chains of names must not bring together what one name could not
    merged = np.where(good, merged, np.arange(len(groups)))
    return np.where(position >= 0, groups[merged[position]], label)


def _compatible(by: Positions, held: Positions, listed: Positions) -> Flags:
    """Where the groups of one ``by`` have no kind of identifier in common, and one row of a customers tab at most."""
    _, of = np.unique(by, return_inverse=True)
    total = np.bincount(of, weights=held).astype(np.int64)
    union = np.zeros(len(total), dtype=np.int64)
    np.bitwise_or.at(union, of, held)
    fits: Flags = ((total == union) & (np.bincount(of, weights=listed) <= 1))[of]
    return fits


def _only_named(names: Positions, label: Positions, strong: Flags, doubts: dict[int, tuple[int, ...]]) -> Positions:
    """Mentions with nothing but a name: the one customer of that name, or a customer by that name, or a doubt."""
    bare = np.flatnonzero(~strong & (names >= 0))
    if not len(bare):
        return label
    use = (names >= 0) & (label >= 0)
    pairs = pd.DataFrame({"name": names[use], "label": label[use]}).drop_duplicates()
    count = np.bincount(pairs["name"], minlength=int(names.max()) + 1)
    one = np.full(len(count), -1, dtype=np.int64)
    one[pairs["name"]] = pairs["label"]
    new = int(label.max(initial=0)) + 1 + names[bare]
    out = label.copy()
    out[bare] = np.where(count[names[bare]] == 0, new, np.where(count[names[bare]] == 1, one[names[bare]], -1))
    several = bare[count[names[bare]] > 1]
    if len(several):
        meant = pairs[pairs["name"].isin(names[several])].groupby("name")["label"].agg(tuple)
        by_name = {name: tuple(int(c) for c in labels) for name, labels in meant.items()}
        doubts |= {int(m): by_name[names[m]] for m in several}
    return out


def _look_up_unclear(
    mentions: Mentions, label: Positions, doubts: dict[int, tuple[int, ...]], region: str
) -> Positions:
    """Cells under *Cliente* that are known as two kinds: fine if both mean the same customer."""
    at = np.flatnonzero((mentions.unclear.codes >= 0) & (label < 0))
    if not len(at):
        return label
    forms = known_forms(mentions.unclear.words, {kind: mentions.kinds[kind].words for kind in KINDS}, region)
    meant: dict[int, set[int]] = {}
    for kind in KINDS:
        column = mentions.kinds[kind]
        code_of = {word: code for code, word in enumerate(column.words)}
        labels_of = pd.DataFrame({"code": column.codes, "label": label})[lambda f: (f["code"] >= 0) & (f["label"] >= 0)]
        by_code = labels_of.groupby("code")["label"].agg(set)
        for i, form in enumerate(forms[kind]):
            if isinstance(form, str):
                meant.setdefault(i, set()).update(by_code.get(code_of[form], set()))
    out = label.copy()
    for m in at:
        several = meant.get(int(mentions.unclear.codes[m]), set())
        if len(several) == 1:
            out[m] = next(iter(several))
        elif several:
            doubts[int(m)] = tuple(sorted(several))
    return out


def _names_in_keys(kinds: Mapping[str, Coded], customer: Positions, count: int) -> Text:
    """Each customer's strongest identifier, of several the smallest; what two customers share is told apart by kind."""
    out = np.full(count, "", dtype=object)
    taken: set[str] = set()
    for kind in KINDS:
        column = first_of(kinds[kind], customer, count)
        here = np.flatnonzero((out == "") & column.notna().to_numpy(dtype=bool))
        words = column.iloc[here].tolist()
        out[here] = [word if word not in taken else f"{kind}={word}" for word in words]
        taken.update(words)
    return text_series(out)


def first_of(column: Coded, customer: Positions, count: int) -> Text:
    """Of each customer the smallest word of a column."""
    use = (column.codes >= 0) & (customer >= 0)
    codes, whose = column.codes[use], customer[use]
    least = np.full(count, len(column.words), dtype=np.int64)
    most = np.full(count, -1, dtype=np.int64)
    np.minimum.at(least, whose, codes)
    np.maximum.at(most, whose, codes)
    several = np.flatnonzero((least != most) & (most >= 0))
    if len(several):
        here = np.isin(whose, several)
        pairs = pd.DataFrame({"whose": whose[here], "code": codes[here]}).drop_duplicates()
        pairs["word"] = column.words.iloc[pairs["code"]].to_numpy(dtype=object)
        smallest = pairs.sort_values("word").drop_duplicates("whose")
        most[smallest["whose"]] = smallest["code"]
    return Coded(codes=most, words=column.words).series()


# ── afterwards ──────────────────────────────────────────────────────────────


def find_customers(customers: pd.DataFrame, wanted: str, settings: Settings) -> pd.DataFrame:
    """The rows of ``Tables.customers`` that ``wanted`` (identity, id, CPF, e-mail, phone or name) names.

    Exact identifiers first, then the whole name, then a part of it.
    """
    word = text_series([wanted.strip()])
    exact = customers[customers["customer"].eq(word.iloc[0]).fillna(False)]
    if len(exact):
        return exact
    folded = folded_names(customers["name"].fillna("").reset_index(drop=True)).set_axis(customers.index)
    known = {kind: folded if kind == NAME else customers[kind].dropna() for kind in KINDS}
    forms = known_forms(word, known, settings.text("country"))
    for kind in KINDS:
        form = forms[kind].iloc[0]
        if isinstance(form, str) and form:
            return customers[known[kind].eq(form).reindex(customers.index, fill_value=False)]
    part = str(folded_names(word).iloc[0])
    return customers[folded.str.contains(part, regex=False) & (len(part) > 1)]
