"""A provision: one section of the law, its text, the fields it asks for, and its elements."""

from dataclasses import dataclass

from portcullis.law.element import Element
from portcullis.law.fields import Field


@dataclass(frozen=True, kw_only=True, eq=False)
class Provision:
    """One section of the law as code.

    ``id`` is the citation as packs write it (``26 USC 6103(i)(2)(A)``), ``citation`` as lawyers
    do. ``text`` quotes the section, omissions marked; ``source`` says where it was read.
    ``fields`` are those its elements read, in the order a request has them.
    """

    id: str
    citation: str
    title: str
    text: str
    source: str
    fields: tuple[Field, ...] = ()
    elements: tuple[Element, ...]
