"""The port: what matching asks of an index of the holder's records, whatever engine holds them."""

from datetime import date
from typing import Protocol, Self

import polars as pl

from portcullis.records.versions import IndexInfo


class Index(Protocol):
    """One version of the finder index, open for reading; made by ``open_index``.

    ``info`` names the version and the digest of its content. ``lookups`` counts the requests
    that were looked up since it was opened: every row given to ``candidates``.
    """

    info: IndexInfo
    lookups: int

    def __enter__(self) -> Self:
        """Return the index."""
        ...

    def __exit__(self, *_: object) -> None:
        """Close the index."""
        ...

    def close(self) -> None:
        """Close the index."""
        ...

    def candidates(self, requests: pl.DataFrame) -> pl.DataFrame:
        """Return who has a request's TIN or, at its delivery line, its name: ``row, person``.

        Both UInt32, in order of person, each pair once; nothing has been compared yet, so a
        candidate may be one by chance. ``requests``: ``row``, ``tin``, and the ``n_*`` and
        ``a_*`` normal forms.
        """
        ...

    def neighbours(self, requests: pl.DataFrame) -> pl.DataFrame:
        """Return who may be a near miss of requests already looked up: ``row, person``.

        They are those of the name at the delivery line, or at the house number or in the street of
        the locality, whoever shares a given or family name in the same building, and anybody at the
        same unique delivery point. Columns as for ``candidates``.
        """
        ...

    def namesakes(self, requests: pl.DataFrame) -> pl.DataFrame:
        """Return who bears a request's name and has no address of record: ``row, person``.

        Nobody can say that it is not they who live at the address given. Columns as for
        ``candidates``.
        """
        ...

    def names(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Return each name, present and prior, of the persons of ``pairs`` (``row, person``).

        Columns: ``row, person``, the person's ``r_tin`` (digits or null) and the normal form as
        ``r_n_*``. Of a taxpayer whose row was appended anew the newest row holds.
        """
        ...

    def addresses(self, pairs: pl.DataFrame, as_of: date) -> pl.DataFrame:
        """Return each address of record, of any period, of the persons of ``pairs``.

        Columns: ``row, person, address`` (its number in the index), ``may_be_last`` (it is the
        last known one as of ``as_of``) and the normal form as ``r_a_*``.
        """
        ...

    def last_known(self, persons: pl.DataFrame, as_of: date) -> pl.DataFrame:
        """Return one row a row of ``persons`` (``row, person``): the last known address.

        Columns: ``row, taxpayer_id, protected`` (any address of that person is), and
        ``line1, line2, city, state, zip, taxable_period`` as the holder wrote them; all null where
        the person has no address that can be the last known one (26 CFR 301.6212-2).
        """
        ...
