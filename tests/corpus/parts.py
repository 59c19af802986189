"""What may change in a grafted workbook and what may not, found with ``zipfile`` and lxml: nothing of the package's."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

from lxml import etree

LISTS = ("fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "numFmts")


def raw(path: Path) -> dict[str, tuple[bytes, bytes, int, int]]:
    """Every member: local header, compressed bytes, CRC, method."""
    data = path.read_bytes()
    found = {}
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            name, extra = struct.unpack_from("<HH", data, info.header_offset + 26)
            start = info.header_offset + 30 + name + extra
            body = data[start : start + info.compress_size]
            found[info.filename] = (data[info.header_offset : start], body, info.CRC, info.compress_type)
    return found


def differences(before: Path, after: Path) -> list[str]:
    """Everything that happened to parts of other people: empty where the promise was kept."""
    old, new = raw(before), raw(after)
    faults = [f"{name} is gone" for name in old if name not in new]
    for name in [name for name in old if name in new and old[name] != new[name]]:
        with zipfile.ZipFile(before) as first, zipfile.ZipFile(after) as second:
            pair = (etree.fromstring(first.read(name)), etree.fromstring(second.read(name)))
        faults += [f"{name}: {fault}" for fault in _grown(*pair)]
    return faults


def _grown(old: etree._Element, new: etree._Element) -> list[str]:
    """What an edited part lost: it may only have grown."""
    kind = etree.QName(old).localname
    if kind in ("Types", "Relationships"):
        return [] if _texts(new)[: len(old)] == _texts(old) else ["entries changed"]
    if kind not in ("workbook", "styleSheet"):
        return ["changed"]
    faults = ["root changed"] if dict(old.attrib) != dict(new.attrib) or old.nsmap != new.nsmap else []
    others = {etree.QName(c).localname: c for c in new if isinstance(c.tag, str)}
    for child in old:
        if not isinstance(child.tag, str):
            continue
        name = etree.QName(child).localname
        there = others.get(name)
        if there is None:
            faults.append(f"{name} is gone")
        elif name in (*LISTS, "sheets", "definedNames"):
            if _texts(there)[: len(child)] != _texts(child):
                faults.append(f"{name}: entries changed")
        elif (
            etree.tostring(there, method="c14n", with_comments=True).strip()
            != etree.tostring(child, method="c14n").strip()
        ):
            faults.append(f"{name} changed")
    return faults


def _texts(parent: etree._Element) -> list[bytes]:
    return [etree.tostring(child, method="c14n", with_tail=False) for child in parent]
