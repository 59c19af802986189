"""The little of Drive v3 (and the one upload of v2 that gspread uses) that clients of spreadsheets need."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.sheets_server.discovery import bundled
from tests.sheets_server.errors import NotOffered, invalid
from tests.sheets_server.export import as_csv, as_xlsx
from tests.sheets_server.field_mask import Mask
from tests.sheets_server.files import SPREADSHEET_TYPE, File, Files
from tests.sheets_server.proto_json import Json
from tests.sheets_server.rendering import View
from tests.sheets_server.requests.registry import Batch
from tests.sheets_server.sheet import Sheet, new_properties
from tests.sheets_server.user_entered import typed

API = bundled("drive.v3")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_STANDARD_FIELDS = ("kind", "id", "name", "mimeType")


@dataclass(frozen=True, slots=True)
class Download:
    """An answer that is no JSON."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to a Drive method."""

    files: Files
    account: str
    path: dict[str, str]
    query: Json
    body: Json
    mask: Mask | None
    view: Callable[[Any], View]


METHODS: dict[str, Callable[[Asked], Json | Download | None]] = {}


def _answers(method: str) -> Callable[[Callable[[Asked], Json | Download | None]], Callable[..., Any]]:
    def register(function: Callable[[Asked], Json | Download | None]) -> Callable[..., Any]:
        METHODS[f"drive.{method}"] = function
        return function

    return register


def resource(file: File, account: str) -> Json:
    """All that is known of a file."""
    who = {"kind": "drive#user", "displayName": account, "emailAddress": account, "me": True}
    return {
        "kind": "drive#file",
        "id": file.id,
        "name": file.book.title,
        "mimeType": SPREADSHEET_TYPE,
        "createdTime": _stamp(file.created),
        "modifiedTime": _stamp(file.modified),
        "version": str(file.version),
        "trashed": file.trashed,
        "owners": [who],
        "lastModifyingUser": who,
    }


def _stamp(moment: Any) -> str:
    return str(moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z")


def _shown(asked: Asked, file: File) -> Json:
    known = resource(file, asked.account)
    if asked.mask is None and "fields" not in asked.query:
        return {key: known[key] for key in _STANDARD_FIELDS}
    return known


@_answers("files.create")
def create(asked: Asked) -> Json:
    if asked.body.get("mimeType") != SPREADSHEET_TYPE:
        raise NotOffered(f"Drive files of type {asked.body.get('mimeType')}")
    return _shown(asked, asked.files.create(asked.body.get("name", "Untitled")))


@_answers("files.get")
def get(asked: Asked) -> Json:
    return _shown(asked, asked.files.get(asked.path["fileId"]))


@_answers("files.update")
def update(asked: Asked) -> Json:
    file = asked.files.get(asked.path["fileId"])
    if set(asked.body) - {"name", "trashed", "mimeType"}:
        raise NotOffered(f"changing {', '.join(asked.body)} of a Drive file")
    with asked.files.change(file) as book:
        if "name" in asked.body:
            book.properties = {**book.properties, "title": asked.body["name"]}
    file.trashed = asked.body.get("trashed", file.trashed)
    return _shown(asked, file)


@_answers("files.delete")
def delete(asked: Asked) -> None:
    asked.files.delete(asked.path["fileId"])


@_answers("files.copy")
def copy(asked: Asked) -> Json:
    source = asked.files.get(asked.path["fileId"]).book
    book = source.fork()
    book.id = asked.files.ids.file()
    book.properties = {**book.properties, "title": asked.body.get("name") or f"Copy of {source.title}"}
    return _shown(asked, asked.files.add(book))


_CONDITION = re.compile(
    r"""\s*(?:(?P<not>not)\s+)?(?P<key>mimeType|name|trashed)\s*(?P<sign>!?=|contains)\s*"""
    r"""(?:'(?P<single>(?:[^'\\]|\\.)*)'|"(?P<double>(?:[^"\\]|\\.)*)"|(?P<bool>true|false))\s*"""
)


@_answers("files.list")
def list_files(asked: Asked) -> Json:
    wanted = _query(asked.query.get("q", ""))
    found = [file for file in asked.files if not file.forbidden and wanted(file)]
    found.sort(key=lambda file: file.modified, reverse=True)
    size, start = asked.query.get("pageSize", 100), int(asked.query.get("pageToken") or 0)
    out: Json = {"kind": "drive#fileList", "incompleteSearch": False}
    if start + size < len(found):
        out["nextPageToken"] = str(start + size)
    shown = asked.mask is None and "fields" not in asked.query
    out["files"] = [
        {key: value for key, value in resource(file, asked.account).items() if not shown or key in _STANDARD_FIELDS}
        for file in found[start : start + size]
    ]
    return out


def _query(text: str) -> Callable[[File], bool]:
    """The question of ``q``: conditions on type, name and bin, joined by ``and``."""
    conditions = []
    at = 0
    while at < len(text):
        match = _CONDITION.match(text, at)
        if not match:
            raise invalid("Invalid Value")
        value = match["single"] if match["single"] is not None else match["double"]
        value = None if value is None else re.sub(r"\\(.)", r"\1", value)
        conditions.append((match["key"], match["sign"], value, match["bool"] == "true", bool(match["not"])))
        at = match.end()
        if at < len(text):
            if not text.startswith("and", at):
                raise NotOffered(f"Drive searches like {text!r}")
            at += 3

    def asks(file: File) -> bool:
        for key, sign, value, flag, negated in conditions:
            if key == "trashed":
                met = file.trashed == flag
            else:
                held = SPREADSHEET_TYPE if key == "mimeType" else file.book.title
                met = value in held if sign == "contains" and value is not None else held == value
            if (met == (sign != "!=")) == negated:
                return False
        return True

    return asks


@_answers("files.export")
def export(asked: Asked) -> Download:
    file = asked.files.get(asked.path["fileId"])
    kind = asked.query.get("mimeType")
    view = asked.view(file.book)
    if kind == "text/csv":
        return Download(as_csv(view), kind)
    if kind == XLSX:
        return Download(as_xlsx(view), kind)
    raise NotOffered(f"export as {kind}")


@_answers("comments.list")
def comments(asked: Asked) -> Json:
    """There are no comments here: a threaded comment cannot be made."""
    asked.files.get(asked.path["fileId"])
    return {"kind": "drive#commentList", "comments": []}


def upload_csv(files: Files, account: str, file_id: str, content: bytes) -> Json:
    """``PUT /upload/drive/v2/files/{id}?convert=true``: the file's content becomes that of a CSV."""
    file = files.get(file_id)
    with files.change(file) as book:
        making = Batch(book, files.ids, lambda: files.now().replace(tzinfo=None), account)
        sheet = Sheet(new_properties(making.new_id(), book.title))
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        sheet.resize(max(1000, len(rows)), max(26, max(map(len, rows), default=0)))
        for index, row in enumerate(rows):
            for column, text in enumerate(row):
                found = typed(text, book.locale)
                cell = sheet.cell(index, column).holding(found.entered)
                sheet.put(index, column, cell.shown_as(found.number_format) if found.number_format else cell)
        book.sheets = [sheet]
        book.named_ranges, book.metadata = [], []
        book.properties = {**book.properties, "timeZone": "America/Los_Angeles"}
    return _v2_resource(file, account)


def _v2_resource(file: File, account: str) -> Json:
    url = f"https://www.googleapis.com/drive/v2/files/{file.id}"
    return {
        "kind": "drive#file",
        "id": file.id,
        "etag": f'"{file.version}"',
        "selfLink": url,
        "alternateLink": f"https://docs.google.com/spreadsheets/d/{file.id}/edit?usp=drivesdk",
        "title": file.book.title,
        "mimeType": SPREADSHEET_TYPE,
        "createdDate": _stamp(file.created),
        "modifiedDate": _stamp(file.modified),
        "version": str(file.version),
        "ownerNames": [account],
        "lastModifyingUserName": account,
        "editable": True,
    }
