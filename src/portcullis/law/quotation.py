"""Quoted text of a provision as paragraphs, however its lines are broken in a module."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Paragraph:
    """One paragraph: how many columns it is indented, and its words on one line."""

    indent: int
    words: str


def paragraphs(text: str) -> list[Paragraph]:
    """Return the paragraphs of ``text`` in order.

    A line opens one where its indent is another than the line's before, or where it is indented and
    begins with a number in parentheses.
    """
    found: list[Paragraph] = []
    for line in text.splitlines():
        words = line.lstrip(" ")
        indent = len(line) - len(words)
        last = found[-1] if found else None
        if last is None or last.indent != indent or (indent and words.startswith("(")):
            found.append(Paragraph(indent, words))
        else:
            found[-1] = Paragraph(indent, f"{last.words} {words}")
    return found
