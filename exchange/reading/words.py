"""Why a whole file is not read: one sentence each, with the cure."""

from typing import Any

from django.utils.translation import gettext_lazy as _


class FileProblem(Exception):
    """A file cannot be read at all."""

    def __init__(self, code: str, /, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def sentence(self) -> str:
        return file_sentence(self.code, self.params)


def file_sentence(code: str, params: dict[str, Any]) -> str:
    """The sentence of a file's problem, in the reader's language."""
    return str(FILE_WORDS.get(code, FILE_WORDS["damaged"])) % params


FILE_WORDS = {
    "missing": _("The file is not there."),
    "empty": _("The file is empty. Please save the workbook again and choose it once more."),
    "too_large": _("The file is larger than %(limit)s MB. Please divide it into several files."),
    "too_many_members": _("The file holds more parts than a workbook has. Please save it as a new .xlsx."),
    "unpacks_too_large": _("Unpacked, the file is larger than %(limit)s MB, so it is not opened."),
    "unsafe_member": _("The file holds a part with an unsafe name or link, so it is not opened."),
    "nested_archive": _("The file holds another file inside. Please take it out and save as .xlsx."),
    "macros": _("The workbook holds macros, so it is not opened. Please save it as .xlsx without macros."),
    "external_links": _("The workbook is linked to other files. Please break the links and save it again."),
    "encrypted": _("The workbook is protected by a password. Please remove the password and save it again."),
    "picture": _("This is a picture, not a workbook. Please choose the workbook itself."),
    "web_page": _("This is a web page named like a workbook. Please open it and save it as .xlsx."),
    "other_document": _("This is not a workbook (.xlsx, .xls or .csv). Please choose another file."),
    "binary_workbook": _("Workbooks of the kind .xlsb are not read. Please save it as .xlsx."),
    "damaged": _("The file is damaged and cannot be read. Please save it again as .xlsx."),
    "unknown_encoding": _("The text of the .csv is neither UTF-8 nor GB18030. Please save it as .xlsx."),
    "too_wide": _(
        "Sheet “%(sheet)s” reaches to column %(column)s. Please delete what stands right of the table."
    ),
    "too_many_cells": _(
        "Sheet “%(sheet)s” is too large (%(rows)s rows). Please divide it into several files."
    ),
    "too_slow": _("Reading the file took longer than %(limit)s seconds and was stopped. Please divide it."),
    "too_much_memory": _("Reading the file needs too much memory and was stopped. Please divide it."),
    "nothing_recognised": _("No sheet of the file has the headings of a known table."),
}
