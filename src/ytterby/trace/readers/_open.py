"""What kind of file is this, by its first bytes: XML (with which root), JSON (with which keys), a workbook, or text?

Nothing is unpacked or parsed as a whole here, and a file that could do harm when it is (a zip bomb) is refused.
"""

from __future__ import annotations

import codecs
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ytterby.errors import InputError

__all__ = ["Opened", "Progress", "open_file"]

Progress = Callable[[int, int], None]
"""Is told how much is done, and of how much."""
Kind = Literal["xml", "json", "workbook", "text"]

_HEAD = 65536
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ENTRIES = 10_000
_UNPACKED = 4 * 2**30
_RATIO = 200
_SMALL = 16 * 2**20
"""A part of a workbook may unpack to so many bytes at any ratio: sheets of blanks pack well."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Opened:
    """A file and what its first bytes tell.

    Parameters
    ----------
    path
        The file.
    kind
        ``"xml"``, ``"json"``, ``"workbook"`` (XLSX) or ``"text"``.
    head
        The first characters of a text, XML or JSON file.
    encoding
        Encoding of a text.
    root
        Root element of an XML file, as ``namespace`` and local name.
    sheets
        Names of a workbook's sheets, in order.
    progress
        Is told how many bytes are read, and of how many, by readers of long files.
    """

    path: Path
    kind: Kind
    head: str = ""
    encoding: str = "utf-8"
    root: tuple[str, str] = ("", "")
    sheets: tuple[str, ...] = ()
    progress: Progress | None = None


def open_file(path: Path) -> Opened:
    """Return what kind of file a path is.

    Raises
    ------
    InputError
        If the file cannot be read, is empty or binary, or is a workbook that unpacks to far more than it is.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where=str(path)) from error
    if not head.strip():
        raise InputError("the file is empty", where=str(path), hint="expected a bill of materials or a declaration")
    if head.startswith(_OLE):
        raise InputError(
            "an encrypted or old Excel file (.xls)", where=str(path), hint="save it as .xlsx without a password"
        )
    if head.startswith(b"PK\x03\x04"):
        return Opened(path, "workbook", sheets=_workbook(path))
    encoding = _encoding(path, head)
    text = head.decode(encoding, errors="ignore").lstrip("\ufeff \t\r\n")
    if "\0" in text:
        raise InputError("a binary file", where=str(path), hint="expected CSV, XLSX, XML or JSON")
    if text.startswith("<"):
        return Opened(path, "xml", text, encoding, root=_root(text))
    if re.match(r"[{\[]\s*[\"{\[\]}]", text):
        return Opened(path, "json", text, encoding)
    return Opened(path, "text", text, encoding)


def _encoding(path: Path, head: bytes) -> str:
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    zeros = head[:400].count(0)
    if zeros > len(head[:400]) / 4:
        return "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while chunk := file.read(2**20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _root(text: str) -> tuple[str, str]:
    body = re.sub(r"<\?.*?\?>|<!--.*?-->", "", text, flags=re.DOTALL)
    body = re.sub(r"<!DOCTYPE[^<\[]*(\[.*?\]\s*)?>", "", body, flags=re.DOTALL)
    start = re.search(r"<(?:([\w.-]+):)?([\w.-]+)([^>]*)", body)
    if start is None:
        return "", ""
    prefix, name, attributes = start.groups()
    declared = re.search(rf"\bxmlns{':' + prefix if prefix else ''}\s*=\s*[\"']([^\"']*)", attributes)
    return (declared[1] if declared else ""), name


def _workbook(path: Path) -> tuple[str, ...]:
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bombs(path, archive)
            names = set(archive.namelist())
            if "xl/workbook.xml" not in names:
                raise InputError("a zip archive that is no workbook", where=str(path), hint="expected an .xlsx file")
            return _sheets(archive.read("xl/workbook.xml").decode("utf-8", errors="replace"))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise InputError(f"a broken workbook: {error}", where=str(path)) from error


def _sheets(workbook: str) -> tuple[str, ...]:
    from xml.sax.saxutils import unescape

    found = re.findall(r"<(?:\w+:)?sheet\s[^>]*?\bname\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", workbook)
    return tuple(unescape(one or other, {"&quot;": '"', "&apos;": "'"}) for one, other in found)


def _refuse_bombs(path: Path, archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    total = sum(entry.file_size for entry in entries)
    worst = max(entries, key=lambda e: e.file_size / max(e.compress_size, 1) if e.file_size > _SMALL else 0)
    ratio = worst.file_size / max(worst.compress_size, 1)
    if len(entries) > _ENTRIES:
        fault = f"the workbook has {len(entries)} parts (at most {_ENTRIES} are opened)"
    elif total > _UNPACKED:
        fault = f"the workbook unpacks to {total / 2**30:.1f} GB (at most {_UNPACKED / 2**30:.0f} GB are unpacked)"
    elif worst.file_size > _SMALL and ratio > _RATIO:
        fault = f"part '{worst.filename}' of the workbook unpacks to {ratio:.0f} times its size (at most {_RATIO})"
    else:
        for entry in entries:
            if entry.filename.endswith((".xml", ".rels")):
                with archive.open(entry) as part:
                    if re.search(rb"<!\s*(DOCTYPE|ENTITY)", part.read(4096), re.IGNORECASE):
                        raise InputError(
                            f"part '{entry.filename}' of the workbook declares a DTD or entities", where=str(path)
                        )
        return
    raise InputError(fault, where=str(path), hint="this may be a zip bomb; it was not unpacked")
