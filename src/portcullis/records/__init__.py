"""The holder's records behind one port: sources, the finder index, look-ups.

The index is itself return information: encrypted at rest, holder only. It finds; it decides
nothing. Built once over the records (``build_index``), opened for reading (``open_index``).
"""

from portcullis.records.build import IndexInfo, build_index
from portcullis.records.index import Index, open_index
from portcullis.records.normal import KINDS, tin_digits

__all__ = ["KINDS", "Index", "IndexInfo", "build_index", "open_index", "tin_digits"]
