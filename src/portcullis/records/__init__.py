"""The holder's records behind one port: sources, the finder index, look-ups.

The index is itself return information: encrypted at rest, holder only. It finds; it decides
nothing. Built once over the records (``build_index``), opened for reading (``open_index``).
"""

from portcullis.records.build import append_to_index, build_index
from portcullis.records.index import has_files, index_in_use, open_index, remove_files
from portcullis.records.normal import ADDRESS_FORM, NAME_FORM, TIN_DIGITS, tin_digits
from portcullis.records.port import Index
from portcullis.records.versions import EngineName, IndexInfo

__all__ = [
    "ADDRESS_FORM",
    "NAME_FORM",
    "TIN_DIGITS",
    "EngineName",
    "Index",
    "IndexInfo",
    "append_to_index",
    "build_index",
    "has_files",
    "index_in_use",
    "open_index",
    "remove_files",
    "tin_digits",
]
