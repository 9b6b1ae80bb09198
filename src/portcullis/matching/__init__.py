"""Which record, if exactly one: routes, comparison flags, near misses, last known address.

Deterministic routes decide. On every route the address of the request must be an address of
record of that one taxpayer, and nobody else may come close to it in both name and address; what
is merely close goes to a person and is never released.
"""

from portcullis.matching.codes import CAUSES
from portcullis.matching.match import MATCH, as_of_today, match

__all__ = ["CAUSES", "MATCH", "as_of_today", "match"]
