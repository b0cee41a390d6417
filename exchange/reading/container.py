"""What a file is, by its content; and that opening it is harmless. Nothing here trusts a name."""

import stat
import zipfile
from pathlib import Path

from exchange.reading.words import FileProblem

MEGABYTE = 1024 * 1024
LARGEST_FILE = 32 * MEGABYTE
LARGEST_UNPACKED = 512 * MEGABYTE
MOST_MEMBERS = 200
CHUNK = MEGABYTE

PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"\x00\x00\x01\x00")
OTHER_ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
NESTED_ENDINGS = (".zip", ".rar", ".7z", ".gz", ".xlsx", ".xlsm", ".xls", ".docx", ".doc", ".ole", ".exe")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def check(path: Path) -> str:
    """Return xlsx, xls or csv, or raise `FileProblem` when the file must not be opened."""
    if not path.is_file():
        raise FileProblem("missing")
    size = path.stat().st_size
    if size == 0:
        raise FileProblem("empty")
    if size > LARGEST_FILE:
        raise FileProblem("too_large", limit=LARGEST_FILE // MEGABYTE)
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PK\x03\x04"):
        return _check_zip(path)
    if head.startswith(OLE):
        return _check_ole(path)
    return _check_text(head)


def _check_text(head: bytes) -> str:
    if head.startswith(PICTURES) or head[8:12] in {b"WEBP", b"heic"} or head[6:10] in {b"JFIF", b"Exif"}:
        raise FileProblem("picture")
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<meta", b"<?xml")):
        raise FileProblem("web_page")
    if head.startswith(OTHER_ARCHIVES) or head.startswith((b"%PDF", b"{\\rtf")):
        raise FileProblem("other_document")
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileProblem("other_document")
    if not head.strip(b"\xef\xbb\xbf \r\n\t,"):
        raise FileProblem("empty")
    return "csv"


def _check_ole(path: Path) -> str:
    """An old .xls, or the shell around an encrypted workbook."""
    content = path.read_bytes()

    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in content

    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        raise FileProblem("encrypted")
    if holds("_VBA_PROJECT"):
        raise FileProblem("macros")
    if not (holds("Workbook") or holds("Book")):
        raise FileProblem("other_document")
    return "xls"


def _check_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_members(members)
            _check_workbook({member.filename for member in members})
            _check_real_size(archive, members)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        raise FileProblem("damaged") from None
    return "xlsx"


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_MEMBERS:
        raise FileProblem("too_many_members")
    if len({member.filename.lower() for member in members}) != len(members):
        raise FileProblem("damaged")
    if sum(member.file_size for member in members) > LARGEST_UNPACKED:
        raise FileProblem("unpacks_too_large", limit=LARGEST_UNPACKED // MEGABYTE)
    for member in members:
        _check_member(member)


def _check_member(member: zipfile.ZipInfo) -> None:
    name = member.filename
    if member.flag_bits & 1:
        raise FileProblem("encrypted")
    if ".." in name.replace("\\", "/").split("/") or name.startswith(("/", "\\")) or ":" in name:
        raise FileProblem("unsafe_member")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise FileProblem("unsafe_member")
    lower = name.lower()
    if lower.endswith("vbaproject.bin") or "/macrosheets/" in lower:
        raise FileProblem("macros")
    if "/externallinks/" in lower or lower.endswith("xl/connections.xml"):
        raise FileProblem("external_links")
    if lower.endswith(NESTED_ENDINGS):
        raise FileProblem("nested_archive")


def _check_workbook(names: set[str]) -> None:
    lower = {name.lower() for name in names}
    if "xl/workbook.bin" in lower:
        raise FileProblem("binary_workbook")
    if "[content_types].xml" not in lower or not any(name.startswith("xl/") for name in lower):
        raise FileProblem("other_document")


def _check_real_size(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Unpack everything once, keeping nothing: what a directory declares may be a lie."""
    total = 0
    for member in members:
        with archive.open(member) as unpacked:
            while chunk := unpacked.read(CHUNK):
                total += len(chunk)
                if total > LARGEST_UNPACKED:
                    raise FileProblem("unpacks_too_large", limit=LARGEST_UNPACKED // MEGABYTE)
                if member.filename == "[Content_Types].xml" and b"macroEnabled" in chunk:
                    raise FileProblem("macros")
