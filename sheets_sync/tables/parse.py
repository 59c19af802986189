"""The corridor of this room: raw tabs in, typed tables out, with everything that is doubtful about them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import numpy as np

from sheets_sync.config import Settings
from sheets_sync.memory import Memory
from sheets_sync.model import Moved, RawTab, RowCounts, SourceTab, Tables, Unread
from sheets_sync.tables import customers, exchanges, identity, orders, stand_ins
from sheets_sync.tables.aliases import find_aliases
from sheets_sync.tables.former_stand_ins import former_stand_ins
from sheets_sync.tables.former_subjects import former_subjects
from sheets_sync.tables.frames import EXCHANGES_FRAME, ORDERS_FRAME, empty
from sheets_sync.tables.identity import Identities
from sheets_sync.tables.mentions import Mentions, find_mentions
from sheets_sync.tables.orders import Read
from sheets_sync.tables.pieces import Positions
from sheets_sync.tables.questions import MANY, Questions
from sheets_sync.tables.reading import Reading, reading_of
from sheets_sync.tables.rows import SourceRows, read_source
from sheets_sync.tables.whose import Whose, ask_who, unread_of, whose_rows


def parse(
    raws: Sequence[RawTab], settings: Settings, memory: Memory, today: date, ended: Collection[str] = ()
) -> Tables:
    """The tables of all source tabs. Doubts are problems, never exceptions. ``ended``: customers whom only tasks that
    ended name.
    """
    reading = reading_of(settings, memory.answers, today)
    questions = Questions()
    by_source = {s: [r for r in raws if r.layout.source is s] for s in SourceTab}
    rows = {s: read_source(s, found, reading, questions) for s, found in by_source.items() if found}
    mentions = find_mentions(list(rows.values()), reading.region)
    identities = identity.resolve(mentions, reading.region)
    whose = {s: whose_rows(found, mentions, identities) for s, found in rows.items()}

    people = customers.build(mentions, identities, rows.get(SourceTab.CUSTOMERS), reading)
    read: dict[SourceTab, Read] = {}
    if SourceTab.ORDERS in rows:
        mine = (rows[SourceTab.ORDERS], whose[SourceTab.ORDERS])
        read[SourceTab.ORDERS] = orders.build(*mine, identities, reading, questions)
    bought = read.get(SourceTab.ORDERS)
    if SourceTab.EXCHANGES in rows:
        mine = (rows[SourceTab.EXCHANGES], whose[SourceTab.EXCHANGES])
        read[SourceTab.EXCHANGES] = exchanges.build(
            *mine, identities=identities, orders=bought, customers=people, questions=questions
        )
    _tell_crowds(rows, identities, questions)
    counts = {s: r.counts for s, r in read.items()}
    unread = {s: r.unread for s, r in read.items()}
    if SourceTab.CUSTOMERS in rows:
        mine = (rows[SourceTab.CUSTOMERS], whose[SourceTab.CUSTOMERS])
        counts[SourceTab.CUSTOMERS], unread[SourceTab.CUSTOMERS] = _customer_rows(*mine, identities, reading, questions)
        customers.tell_joined(mine[0], mentions, mine[1].customer, questions)
        customers.tell_namesakes(mine[0], mentions, mine[1].customer, questions)
        _tell_strangers(rows, mentions, identities, questions)
    order_frame = bought.frame if bought else empty(ORDERS_FRAME)
    order_customer: Positions = bought.customer if bought else np.empty(0, dtype=np.int64)
    swapped = read[SourceTab.EXCHANGES].frame if SourceTab.EXCHANGES in read else empty(EXCHANGES_FRAME)
    stood = stand_ins.with_stand_ins(order_frame, order_customer, people)
    return Tables(
        customers=people,
        orders=stood,
        exchanges=swapped,
        present=frozenset(rows),
        columns={
            s: frozenset(c.key for layout in found.layouts.values() for c in layout.columns)
            for s, found in rows.items()
        },
        titles={s: tuple(found.layouts) for s, found in rows.items()},
        counts={s: counts[s] for s in SourceTab if s in counts},
        unread=unread,
        aliases=find_aliases(memory, ended, mentions, identities),
        problems=questions.done(),
        layouts={title: layout for found in rows.values() for title, layout in found.layouts.items()},
        used=frozenset(c for c in ("shipped_on", "delivered_on") if stood[c].notna().any()),
        moved=Moved(
            exchanges=former_subjects(swapped, unread.get(SourceTab.EXCHANGES, Unread()), memory),
            stand_ins=former_stand_ins(stood, people, memory),
        ),
    )


def _customer_rows(
    rows: SourceRows, whose: Whose, identities: Identities, reading: Reading, questions: Questions
) -> tuple[RowCounts, Unread]:
    ask_who(rows, whose, ~rows.out, identities, questions)
    out = customers.doubtful_rows(rows, whose.customer, whose.unsure, reading, questions)
    held = np.flatnonzero(out)
    lost = bool((whose.nobody & whose.faulty)[held].any())
    counts = RowCounts(read=rows.read, used=int((~out).sum()), questioned=int(out.sum()), blank=rows.blank)
    known = unread_of(held, whose, identities, (), lost=lost)
    return counts, Unread(subjects=known.customers, customers=known.customers, lost_ids=lost)


def _tell_crowds(rows: Mapping[SourceTab, SourceRows], identities: Identities, questions: Questions) -> None:
    """A notice for each phone, e-mail or CPF that too many names share to say who somebody is."""
    for kind, value in identities.crowded[:MANY]:
        for found in rows.values():
            words = found.words(kind)
            at = np.append((words.words == value).to_numpy(dtype=bool), False)[words.codes]
            for title, excel_rows, layout in found.places(at):
                questions.ask("identifier_crowded", title, excel_rows, layout.column(kind), found=value, told=True)


def _tell_strangers(
    rows: Mapping[SourceTab, SourceRows], mentions: Mentions, identities: Identities, questions: Questions
) -> None:
    """One notice: customers that no customers tab has, and are used as orders and exchanges name them."""
    listed = np.zeros(len(identities), dtype=bool)
    whose = identities.customer
    listed[whose[mentions.in_tab & (whose >= 0)]] = True
    strangers = np.unique(whose[(whose >= 0) & ~np.append(listed, True)[whose]])
    if not len(strangers):
        return
    for source in (SourceTab.ORDERS, SourceTab.EXCHANGES):
        if source in rows:
            at = np.flatnonzero(np.isin(whose[mentions.of[source]], strangers))
            for title, excel_rows, _ in rows[source].places(at):
                questions.ask("customers_not_listed", title, excel_rows, told=True, count=len(strangers))
                return
