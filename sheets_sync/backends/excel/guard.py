"""What is refused before anything is read, each with a code that says what to do; and the limits for what is read.

Files come from anywhere, so nothing is inflated, parsed or handed to a library before its size has been looked at.
The limits leave a real workbook of a million orders (67 MB, 600 MB of XML) several times its size.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from xml.parsers import expat

from sheets_sync.backends.excel.package import DEFLATED, STORED, Member, Package, damaged
from sheets_sync.backends.excel.parts import TYPES, Book, ContentTypes, relationships
from sheets_sync.problems import BackendError

MAX_FILE = 1 << 30
MAX_MEMBERS = 50_000
MAX_INFLATED = 4 << 30
"""All members together. A million orders take 0.6 GB."""
MAX_PART = 3 << 30
MAX_STRUCTURE = 64 << 20
"""Parts that are parsed into a tree: relationships, content types, the workbook part."""
MAX_RATIO = 250
"""XML of a sheet shrinks 5 to 60 times; deflate can do 1032."""
RATIO_FROM = 64 << 20
"""Below this size no ratio harms anybody."""
LOOK_FIRST = 32 << 20
"""Parts up to this size are looked over before a library reads them, larger ones meanwhile, which is faster by far."""
_PROLOG = 1 << 20
_STRUCTURE = (".rels", "[content_types].xml", "workbook.xml")
_XML = (".xml", ".rels")

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BIFF = (b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08")
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_XLSB = "application/vnd.ms-excel.sheet.binary.macroenabled.main"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".txt"})


class FileKind(StrEnum):
    """What a file is, by its content; only ``XLSX`` (macros or not, template or not) can be written into."""

    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    CSV = "csv"


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what the operating system says about a file into a refusal."""
    try:
        yield
    except PermissionError as error:
        raise BackendError("no_permission", file=path.name) from error
    except (FileNotFoundError, NotADirectoryError) as error:
        raise BackendError("missing", file=path.name) from error
    except IsADirectoryError as error:
        raise BackendError("is_folder", file=path.name or str(path)) from error
    except OSError as error:
        raise BackendError("unreadable", file=path.name, detail=error.strerror or "") from error


def check_path(path: Path) -> Path:
    """The file behind ``path`` (links followed), if it is one that can be read and nobody has open.

    BackendError ``missing``, ``is_folder``, ``not_a_workbook`` (a device or pipe), ``empty_file``, ``too_large``,
    ``no_permission``, ``open_elsewhere``.
    """
    with reading(path):
        try:
            real = path.resolve(strict=True)
        except RuntimeError as error:  # links in a circle (Python < 3.13)
            raise FileNotFoundError from error
        facts = real.stat()
        if stat.S_ISDIR(facts.st_mode):
            raise IsADirectoryError
        if not stat.S_ISREG(facts.st_mode):
            raise BackendError("not_a_workbook", file=path.name)
        for place in {path, real}:
            lock = open_in(place)
            if lock is not None:
                raise BackendError("open_elsewhere", file=path.name, lock=lock)
        if facts.st_size == 0:
            raise BackendError("empty_file", file=path.name)
        if facts.st_size > MAX_FILE:
            raise BackendError("too_large", file=path.name)
        with real.open("rb"):
            return real


def open_in(path: Path) -> str | None:
    """The name of the small file that Excel or LibreOffice leave beside a workbook while they have it open."""
    names = (f"~${path.name}", f".~lock.{path.name}#")
    return next((name for name in names if path.with_name(name).exists()), None)


def kind_of(path: Path) -> FileKind:
    """What the file is. BackendError ``encrypted``, ``not_a_workbook``, ``damaged``."""
    with reading(path), path.open("rb") as file:
        head = file.read(512)
        if head.startswith(_CFB):
            return _kind_of_cfb(iter(lambda: file.read(1 << 20), b""))
    if head.startswith(_ZIP):
        return _kind_of_zip(path, head)
    if path.suffix.lower() in _TEXT_SUFFIXES and (b"\0" not in head or head.startswith(_UTF16)):
        return FileKind.CSV
    if head.startswith(_BIFF) and path.suffix.lower() == ".xls":
        return FileKind.XLS
    raise BackendError("not_a_workbook", file=path.name)


def _kind_of_cfb(chunks: Iterable[bytes]) -> FileKind:
    """An OLE2 file is an old .xls, or the wrapping of an encrypted workbook; its directory names its streams."""
    names = {name: name.encode("utf-16-le") for name in ("EncryptedPackage", "Workbook", "Book")}
    seen: set[str] = set()
    tail = b""
    for chunk in chunks:
        text = tail + chunk
        seen |= {name for name, pattern in names.items() if pattern in text}
        tail = text[-64:]
    if "EncryptedPackage" in seen:
        raise BackendError("encrypted")
    if seen:
        return FileKind.XLS
    raise BackendError("not_a_workbook")


def _kind_of_zip(path: Path, head: bytes) -> FileKind:
    if _ODS in head:
        return FileKind.ODS
    with reading(path), Package(path) as package:
        check_package(package)
        if package.find("mimetype") and package.read("mimetype").strip().startswith(_ODS):
            return FileKind.ODS
        if package.find(TYPES) is None:
            raise BackendError("not_a_workbook", file=path.name)
        types = ContentTypes(package)
        main = next((r.part for r in relationships(package, "") if r.kind == "officeDocument" and r.part), None)
        return FileKind.XLSB if main and types.of(main).lower() == _XLSB else FileKind.XLSX


def check_package(package: Package) -> None:
    """Refuse a zip that would blow up: by what it declares, which every reader of ours then holds it to.

    BackendError ``damaged``, ``zip_bomb``, ``too_large``, ``encrypted``, ``unreadable_compression`` (bzip2, lzma …).
    """
    members = package.members
    if any(m.compressed > package.size for m in members):
        raise damaged()
    if len(members) > MAX_MEMBERS or sum(m.compressed for m in members) > package.size:
        raise BackendError("zip_bomb")  # more data than the file has: members that lie in one another
    if sum(m.size for m in members) > MAX_INFLATED:
        raise BackendError("too_large")
    for member in members:
        name = member.name.lower()
        if member.encrypted:
            raise BackendError("encrypted")
        if member.method not in (STORED, DEFLATED):
            raise BackendError("unreadable_compression", part=member.name)
        if member.method == STORED and member.size != member.compressed:
            raise damaged()
        if name.endswith(_XML) and member.size > RATIO_FROM and member.size > MAX_RATIO * member.compressed:
            raise BackendError("zip_bomb")
        if member.size > (MAX_STRUCTURE if name.endswith(_STRUCTURE) else MAX_PART):
            raise BackendError("zip_bomb")


def check_book(book: Book) -> None:
    """Refuse what a change would break: BackendError ``signed``, ``shared_history``.

    A signature of the macros alone is about the macros, which stay as they are. Whether the structure is locked
    (``book.structure_locked``) only matters once a tab must be added.
    """
    if book.shared_with_history:
        raise BackendError("shared_history")
    origins = (r.part for r in relationships(book.package, "") if r.kind == "origin" and r.part)
    if any(r.kind == "signature" for origin in origins for r in relationships(book.package, origin)):
        raise BackendError("signed")


def check_shared_parts(book: Book) -> tuple[Member, ...]:
    """Look over the parts that fastexcel reads on opening, before it does; those too large for that are returned.

    BackendError ``damaged``, ``xml_entities``.
    """
    parts = (book.related_part(kind) for kind in ("sharedStrings", "styles"))
    members = [m for m in (book.package.find(part) for part in parts if part) if m is not None]
    check_inflates(book.package, (m for m in members if m.size <= LOOK_FIRST))
    return tuple(m for m in members if m.size > LOOK_FIRST)


def check_inflates(package: Package, members: Iterable[Member]) -> None:
    """Hold XML parts to the size they declare and to having no document type."""
    for member in members:
        for _ in check_prolog(package.stream(member)):
            pass


def check_prolog(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same pieces of an XML part, once its root element has begun without a document type.

    Entities can only be declared there. BackendError ``xml_entities``, ``damaged`` (no XML).
    """
    pieces = iter(chunks)
    parser = expat.ParserCreate()
    begun = False

    def start(*_: object) -> None:
        nonlocal begun
        begun = True

    def doctype(*_: object) -> None:
        raise BackendError("xml_entities")

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = doctype
    seen = 0
    for piece in pieces:
        for at in range(0, len(piece), 4096):
            try:
                parser.Parse(piece[at : at + 4096], False)
            except (expat.ExpatError, ValueError, LookupError) as error:  # the last: an unknown encoding
                if not begun:
                    raise damaged() from error
            if begun:
                yield piece
                yield from pieces
                return
        seen += len(piece)
        if seen > _PROLOG:
            raise damaged()
        yield piece
    raise damaged()
