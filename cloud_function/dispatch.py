"""Every workbook of the registry that is due gets its task; the queues see to it that quotas are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import flask

from cloud_function import registry, sheets
from cloud_function.body import content_of, post_only
from cloud_function.cloud_tasks import AT_ONCE, CloudTasks, Lanes
from cloud_function.door import Answer, Declined
from cloud_function.log_line import LogLine, hashed
from cloud_function.registry import Entry, Registry
from cloud_function.slots import due
from sheets_sync.problems import BackendError

ENQUEUED, ALREADY = "enqueued", "already"


def answer(request: flask.Request, line: LogLine) -> Answer:
    """Those due now. 503 where some could not be enqueued: whoever asks again enqueues nothing twice."""
    post_only(request)
    content_of(request)
    listed = registry.named()
    if listed is None:
        raise Declined(500, "no_registry")
    line.of(listed)
    with sheets.opened() as client:
        found = registry.read(client, listed)
    return enqueued(found, datetime.now(UTC), line)


def enqueued(found: Registry, now: datetime, line: LogLine) -> Answer:
    """A task for each that is due at ``now``, and what became of it."""
    wanted = [(entry, slot) for entry in found.entries for slot in due(entry.hours, entry.zone, now)]
    how = _enqueue_all(wanted) if wanted else []
    counts = Counter(word for _, word in how)
    failures = {code: n for code, n in counts.items() if code not in {ENQUEUED, ALREADY}}
    bad = [{"row": bad.row, "code": bad.code} for bad in found.bad_rows]
    told = {
        "rows": len(found.entries) + len(bad) + found.paused, "paused": found.paused, "due": len(wanted),
        ENQUEUED: counts[ENQUEUED], ALREADY: counts[ALREADY], "failed": sum(failures.values()),
    }  # fmt: skip
    line.say(**told, failures=failures, bad_rows=[f"{row['row']} {row['code']}" for row in bad])
    lost = [{"row": entry.row, "workbook": hashed(entry.workbook)} for entry, word in how if word in failures]
    body = {"run_id": line.run_id, "at": now.isoformat(), **told, "bad_rows": bad, "not_enqueued": lost}
    return Answer(status=503 if lost else 200, body=body, again=bool(lost))


def _enqueue_all(wanted: Iterable[tuple[Entry, datetime]]) -> list[tuple[Entry, str]]:
    """Each with what became of it: the last word is an error's code where it could not be enqueued."""
    tasks = CloudTasks(Lanes.of_environment())

    def enqueue(one: tuple[Entry, datetime]) -> tuple[Entry, str]:
        entry, slot = one
        try:
            return entry, ENQUEUED if tasks.enqueue(entry.workbook, slot) else ALREADY
        except BackendError as error:
            return entry, error.code

    try:
        with ThreadPoolExecutor(AT_ONCE) as threads:
            return list(threads.map(enqueue, wanted))
    finally:
        tasks.close()
