"""Plans with all our tabs, in any language, for what is about writing: the graft, the look, the corpus, the crash.

``first`` is born into a workbook; ``second`` changes what ``first`` left: rows come, change and go. Both are fixed,
so that results can be compared byte by byte.
"""

from __future__ import annotations

from datetime import date, timedelta

from msgspec.structs import replace

from sheets_sync.locale import load
from sheets_sync.model import (
    AddRow,
    Cell,
    End,
    FoundTab,
    OwnColumn,
    OwnTab,
    Plan,
    RemoveRow,
    Status,
    TabPlan,
    TaskRow,
    UpdateRow,
    Value,
)
from sheets_sync.tables.schema import OWN, TASK_TABS

TODAY = date(2025, 8, 20)

AWKWARD = (
    '=HYPERLINK("http://example.com";"click")',
    "+55 (11) 98765-4321",
    "-1+1",
    "@SUM(A1)",
    "Ana\x00Lú\x0bcia\x1f <b>&amp;</b> \"quoted\" 'single'",
    "lone \ud800 surrogate \udfff here",
    "👩‍👩‍👧‍👦 emoji 🎉 and 𝒻𝒶𝓃𝒸𝓎",
    "שלום עולם — مرحبا بالعالم",
    "_x0041_ is not A, _x000D_ no line end",
    "  leading and trailing  ",
    "line one\r\nline two\n\nline four\ttab",
    "]]> <!-- no comment --> <?no pi?>",
    "0012345678901",
    "\u200b\ufeff\u2028zero width",
    "long " + "ção " * 10_000,
)

_PEOPLE = (
    "Maria Aparecida dos Santos",
    "João Pereira",
    "Lucía Fernández",
    "Bram de Vries",
    "Grace Okafor",
    "Padaria São Jorge Ltda",
)
_CURRENCY = {"pt-BR": "BRL", "es": "EUR", "nl": "EUR", "en": "GBP"}
_MESSAGE = {
    "pt-BR": "Oi, Maria! Tudo bem? Seu pedido P-1043 chegou direitinho? Conta pra gente o que achou do Triplex — "
    "se tiver qualquer dúvida sobre como usar, é só responder por aqui. 💚",
    "es": "¡Hola, Lucía! ¿Qué tal? ¿Llegó bien tu pedido P-1043? Cuéntanos qué te pareció el Triplex y si tienes "
    "cualquier duda sobre cómo usarlo, responde por aquí. 💚",
    "nl": "Hoi Bram! Hoe gaat het? Is je bestelling P-1043 goed aangekomen? Laat ons weten wat je van de Triplex "
    "vindt; met vragen over het gebruik kun je altijd hier antwoorden. 💚",
    "en": "Hi Grace! How are you? Did your order P-1043 arrive safely? Tell us how you like the Triplex — and if you "
    "have any question about using it, just answer here. 💚",
}
_WHY = {
    "pt-BR": "Pedido P-1043 de 14/08 + 6 dias = 20/08; sai em 27/08. Produtos: Triplex, Colágeno",
    "es": "Pedido P-1043 del 14/08 + 6 días = 20/08; sale el 27/08. Productos: Triplex, Colágeno",
    "nl": "Bestelling P-1043 van 14-08 + 6 dagen = 20-08; weg op 27-08. Producten: Triplex, Collageen",
    "en": "Order P-1043 of 14 Aug + 6 days = 20 Aug; gone on 27 Aug. Products: Triplex, Collagen",
}


def first(language: str, *, source: str = "Pedidos", awkward: bool = True, today: date = TODAY) -> Plan:
    """All tabs born. ``source``: the tab that source links lead to; ``awkward``: hostile texts among the rows."""
    tabs = tuple(_born(own, language, source, awkward, today) for own in OWN)
    return Plan(tabs=tabs, memory="sheets-sync memory " * 4_000, language=language)


def _born(own: OwnTab, language: str, source: str, awkward: bool, today: date) -> TabPlan:
    words = load(language)
    heading = f"{words.title(own)} · {words.date(today, year=True)}"
    if own in TASK_TABS:
        adds = _tasks(own, language, source, today)
        heading += {
            "pt-BR": " · 7 abertas, 2 atrasadas",
            "es": " · 7 abiertas, 2 atrasadas",
            "nl": " · 7 open, 2 te laat",
            "en": " · 7 open, 2 late",
        }[language]
    elif own is OwnTab.UPCOMING:
        adds = [_upcoming(i, language, source, today) for i in range(5)]
    elif own is OwnTab.QUESTIONS:
        adds = _questions(language, source)
    elif own is OwnTab.HISTORY:
        adds = [_past(i, language, today) for i in range(6)]
    else:
        adds = _settings(language)
    if awkward and own not in (OwnTab.SETTINGS,):
        adds += [_awkward(own, i, text, language) for i, text in enumerate(AWKWARD)]
    return TabPlan(own=own, title=words.title(own), found=None, heading=heading, adds=tuple(adds))


def _tasks(own: OwnTab, language: str, source: str, today: date) -> list[AddRow]:
    words = load(language)
    states: list[tuple[str, int, dict[str, Value]]] = [
        (Status.LATE, -9, {}),
        (Status.EXPIRES_TOMORROW, -6, {"owner": "Bia"}),
        ("open_today", 0, {}),
        (Status.OPEN, -2, {"owner": "Rui", "note": "liga depois das 14h"}),
        (Status.DONE, -3, {"done": "✓", "note": "👍 ok"}),
        (Status.POSTPONED, -1, {"postpone_to": today + timedelta(days=5)}),
        (Status.HELD, -4, {}),
        (Status.UPCOMING, 8, {}),
        (Status.OPEN, -2, {"done": True}),
        (Status.OPEN, -1, {"done": today}),
    ]
    rules = (
        ("failed_card", "check_in", "connect", "autoship_reminder", "reconnect")
        if own is OwnTab.TOUCHPOINTS
        else ("voucher_issue", "refund_finish", "exchange_check_received", "refund_seen", "compensation_check")
    )
    adds = []
    for i, (status, days, people) in enumerate(states):
        person = _PEOPLE[i % len(_PEOPLE)]
        phone = f"55119876543{i:02d}"
        link = (
            f"https://wa.me/{phone}?text=Oi%20{i}"
            if i % 3
            else (f"mailto:cliente{i}@example.com" if i else f"tel:+{phone}")
        )
        cells = {
            "status": Cell(value=words.status(status)),
            "due": Cell(value=today + timedelta(days=days)),
            "task": Cell(value=words.task(rules[i % len(rules)])),
            "customer": Cell(value=person),
            "contact": Cell(value="WhatsApp" if i % 3 else ("E-mail" if i else f"+{phone}"), link=link),
            "message": Cell(value=_MESSAGE[language] if i % 4 != 3 else ""),
            "why": Cell(value=_WHY[language]),
            "source": Cell(value=f"{source} {12 + i}", link="#'" + source.replace("'", "''") + f"'!A{12 + i}"),
            "amount": Cell(value=123.45 * (i + 1), currency=_CURRENCY[language] if i != 5 else "USD"),
            "age": Cell(value=abs(days)),
        }
        adds.append(AddRow(key=f"{rules[i % len(rules)]}:P-10{i}:1", cells=cells, people=people))
    return adds


def _upcoming(i: int, language: str, source: str, today: date) -> AddRow:
    words = load(language)
    return AddRow(
        key=f"connect:P-2{i}:1",
        cells={
            "visible_on": Cell(value=today + timedelta(days=i + 1)),
            "due": Cell(value=today + timedelta(days=i + 3)),
            "task": Cell(value=words.task("connect")),
            "customer": Cell(value=_PEOPLE[i]),
            "why": Cell(value=_WHY[language]),
            "source": Cell(value=f"{source} {40 + i}", link="#'" + source.replace("'", "''") + f"'!A{40 + i}"),
            "amount": Cell(value=89.9 + i, currency=_CURRENCY[language]),
        },
    )


def _questions(language: str, source: str) -> list[AddRow]:
    texts = {
        "pt-BR": (
            "“bimensal” pode ser duas vezes por mês ou a cada dois meses. Qual vale aqui?",
            "3 tarefas em espera",
            ("a cada duas semanas", "a cada dois meses"),
        ),
        "es": (
            "“bimensual” puede ser dos veces al mes o cada dos meses. ¿Cuál vale aquí?",
            "3 tareas en espera",
            ("cada dos semanas", "cada dos meses"),
        ),
        "nl": (
            "“bimensal” kan twee keer per maand of om de twee maanden zijn. Welke geldt hier?",
            "3 taken in de wacht",
            ("om de twee weken", "om de twee maanden"),
        ),
        "en": (
            "“bimonthly” may be twice a month or every two months. Which one here?",
            "3 tasks held",
            ("every two weeks", "every two months"),
        ),
    }
    sentence, effect, choices = texts[language]
    rows = []
    for i in range(3):
        cells = {
            "question": Cell(value=sentence if i != 1 else f"{sentence} {sentence}"),
            "where": Cell(value=f"{source} · D{7 + i}", link="#'" + source.replace("'", "''") + f"'!D{7 + i}"),
            "found": Cell(value="bimensal"),
            "count": Cell(value=14 - i),
            "effect": Cell(value=effect),
        }
        people: dict[str, Value] = {"answer": choices[0]} if i == 2 else {}
        rows.append(AddRow(key=f"q:{i}", cells=cells, people=people, choices={"answer": choices}))
    return rows


def _past(i: int, language: str, today: date) -> AddRow:
    words = load(language)
    return AddRow(
        key=f"check_in:P-9{i}:1",
        below=-1,
        cells={
            "ended_on": Cell(value=today - timedelta(days=i)),
            "end": Cell(value=words.end((End.DONE, End.EXPIRED, End.REMOVED)[i % 3])),
            "task": Cell(value=words.task("check_in")),
            "customer": Cell(value=_PEOPLE[i]),
            "due": Cell(value=today - timedelta(days=i + 4)),
            "done_on": Cell(value=today - timedelta(days=i + 1) if i % 3 == 0 else None),
            "amount": Cell(value=1234.5 * i, currency=_CURRENCY[language]),
            "owner": Cell(value="Bia"),
            "note": Cell(value="falei com ela, adorou"),
            "own": Cell(value=""),
            "why": Cell(value=_WHY[language]),
        },
    )


def _settings(language: str) -> list[AddRow]:
    rows = []
    for i, (name, default, what) in enumerate(
        (
            ("language", "", "…"),
            (
                "check_in.window",
                "7",
                "Days to do it, from the day it shows / dias para fazer, a partir do dia em que aparece",
            ),
            ("silence_exchange", "TRUE", "An open exchange hushes check-in, connect and reconnect of that customer."),
            ("reconnect.message.pt-BR", "", "Own text; placeholders {name}, {product}. " * 4),
        )
    ):
        cells = {"setting": Cell(value=name), "default": Cell(value=default), "what": Cell(value=what)}
        choices = {"value": ("pt-BR", "es", "nl", "en")} if i == 0 else {}
        rows.append(AddRow(key=name, cells=cells, people={"value": 9} if i == 1 else {}, choices=choices))
    return rows


def _awkward(own: OwnTab, i: int, text: str, language: str) -> AddRow:
    keys = OWN[own].keys()
    texts = [k for k in ("customer", "question", "why", "message", "effect", "found") if k in keys]
    people: dict[str, Value] = {"note": text} if own in (*TASK_TABS, OwnTab.QUESTIONS) else {}
    cells = {k: Cell(value=text) for k in texts}
    if "due" in keys:
        cells["due"] = Cell(value=date(1899, 12, 31) if i == 0 else date(2096, 2, 29))
    if "amount" in keys:
        cells["amount"] = Cell(value=-0.1 * i, currency="BRL" if i % 2 else None)
    links = {
        "contact": "mailto:á b@exämple.com",
        "source": f"#'{load(language).title(own)}'!A5",
        "where": "#'It''s & \"that\"'!A1",
    }
    for key, target in links.items():
        if key in keys:
            cells[key] = Cell(value=text[:50], link=target)
    own_cells: dict[str, Value] = {"Minha coluna": text, "Outra <&>": i} if own in TASK_TABS and i % 3 == 0 else {}
    return AddRow(key=f"awkward:{own}:{i}", cells=cells, people=people, own=own_cells)


# ── the next day ────────────────────────────────────────────────────────────


def found(tab: TabPlan, title: str) -> FoundTab:
    """A tab as ``first`` left it, as reading would find it. ``title``: what the graft called it."""
    columns = [
        OwnColumn(key=c.key, header=load("en").column(c.key), position=i) for i, c in enumerate(OWN[tab.own].columns)
    ]
    headers = dict.fromkeys(h for add in tab.adds for h in add.own)
    columns += [OwnColumn(key=None, header=h, position=len(columns) + i) for i, h in enumerate(headers)]
    adds = sorted(tab.adds, key=lambda add: add.below == -1)
    rows = tuple(
        TaskRow(
            row=5 + i,
            key=add.key,
            machine={k: c.value for k, c in add.cells.items()},
            people=dict(add.people),
            own=dict(add.own),
            links={k: c.link for k, c in add.cells.items() if c.link},
        )
        for i, add in enumerate(adds)
    )
    return FoundTab(
        own=tab.own, title=title, key_row=1, header_row=4, title_row=2, heading=tab.heading or "",
        columns=tuple(columns), rows=rows, layout_version=1,
    )  # fmt: skip


def second(plan: Plan, titles: dict[str, str]) -> Plan:
    """What the next day does to ``plan``'s tabs: the first row goes, the second changes, new ones come on top.

    ``titles``: title wished → title in the workbook.
    """
    tabs = []
    for tab in plan.tabs:
        there = found(tab, titles.get(tab.title, tab.title))
        gone, changed = there.rows[0], there.rows[1]
        text = next(k for k in ("customer", "found", "what") if k in set(OWN[tab.own].keys()))
        born = replace(tab.adds[0], key="new:1", below=None, people={}, own={})
        last = replace(tab.adds[-1], key="new:2", below=-1, people={}, own={})
        assert gone.key
        assert changed.key
        tabs.append(
            TabPlan(
                own=tab.own,
                title=there.title,
                found=there,
                heading=f"{tab.heading} +1",
                adds=(born, last),
                updates=(
                    UpdateRow(
                        key=changed.key,
                        row=changed.row,
                        cells={text: Cell(value="changed ✓")},
                        before={text: changed.machine.get(text)},
                    ),
                ),
                removes=(RemoveRow(key=gone.key, row=gone.row, before=gone.machine),),
            )
        )
    return Plan(tabs=tuple(tabs), memory="another memory " * 3_000, language=plan.language)
