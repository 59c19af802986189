"""The server as tests use it: started on a thread, steered and watched from the same process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from pathlib import Path
from types import TracebackType

from tests.sheets_server.clock import Clock
from tests.sheets_server.faults import Fault
from tests.sheets_server.files import File
from tests.sheets_server.http_server import HttpServer
from tests.sheets_server.people import Person
from tests.sheets_server.picture import picture
from tests.sheets_server.seed_xlsx import seeded
from tests.sheets_server.service import Call, Service


class SheetsServer:
    """``with SheetsServer() as server:`` answers at ``server.url`` until the block ends."""

    def __init__(self, port: int = 0) -> None:
        self.service = Service()
        self._http = HttpServer(self.service, port)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True, name="sheets")

    def __enter__(self) -> SheetsServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> SheetsServer:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._http.stopping.set()
        self._http.shutdown()
        self._http.server_close()

    def wait(self) -> None:
        self._thread.join()

    @property
    def url(self) -> str:
        return self._http.url

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def clock(self) -> Clock:
        return self.service.clock

    @property
    def journal(self) -> list[Call]:
        """Every call so far; clear it to count anew."""
        return self.service.journal

    def create(self, title: str = "Test", *, locale: str = "en_US", time_zone: str = "Etc/GMT") -> str:
        """A new spreadsheet; its id."""
        return self.service.files.create(title, locale=locale, time_zone=time_zone).id

    def seed(self, workbook: Path, *, locale: str = "en_US", time_zone: str = "Etc/GMT") -> str:
        """A spreadsheet with the content of an Excel file; its id."""
        book = seeded(workbook, self.service.ids.file(), locale=locale, time_zone=time_zone)
        return self.service.files.add(book).id

    def copy(self, spreadsheet_id: str) -> str:
        """Another spreadsheet that is as this one is now; its id. It costs nothing: versions are shared."""
        book = self.file(spreadsheet_id).book.fork()
        book.id = self.service.ids.file()
        return self.service.files.add(book).id

    def file(self, spreadsheet_id: str) -> File:
        return self.service.files.get(spreadsheet_id)

    def picture(self, spreadsheet_id: str, *, without: Collection[str] = ()) -> list[str]:
        """All that lies on its tabs but ``without``, a line for each thing: equal where two spreadsheets are alike."""
        return picture(self.file(spreadsheet_id).book, without=without)

    def person(self, spreadsheet_id: str) -> Person:
        """Somebody with the spreadsheet open in a browser."""
        return Person(self.service, self.service.files.get(spreadsheet_id))

    def write_credentials(self, path: Path) -> None:
        """A throw-away service-account file for google-auth; from then on only its tokens are accepted."""
        self.service.accounts.write_credentials(path, self.url)

    def fail(self, *faults: Fault) -> None:
        """Faults by the number of the call, counted from now."""
        self.service.faults.set(list(faults))

    def limit(self, reads: int | None, writes: int | None, *, says_when: bool = True) -> None:
        """Quota a minute; ``says_when`` sends Retry-After."""
        quota = self.service.quota
        quota.reads, quota.writes, quota.says_when = reads, writes, says_when

    def before_each(self, hook: Callable[[Call], None]) -> None:
        """Call ``hook`` when a call was read and checked and before it is applied."""
        self.service.before_calls.append(hook)

    def before_next_write(self, edit: Callable[[], None]) -> None:
        """Between read and write: ``edit`` runs once, right before the next write is applied."""

        def hook(call: Call) -> None:
            if call.write:
                self.service.before_calls.remove(hook)
                edit()

        self.service.before_calls.append(hook)
