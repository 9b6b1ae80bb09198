"""What may befall a proof on its way, or be done to it: Hypothesis draws one of each kind.

Each is told by the part that it touches, for not every outsider knows every part: ``path`` (hashes,
index, leaf), ``checkpoint`` (its text, the log's signature, the log's key), ``cosignature``.
"""

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import strategies as st

from portcullis.ledger import log_verifier, witness_verifier
from tests.outside.shown import Bare, BareGrowth, Grown, Shown, Trust, joined, text_and_lines

PATH, CHECKPOINT, COSIGNATURE = "path", "checkpoint", "cosignature"
_ID, _TIME = 4, 8  # bytes of a signature line before the signature itself

Draw = Callable[[st.SearchStrategy], object]
Path = tuple[bytes, ...]


class Corruption(NamedTuple):
    """One corruption: the part it touches, what was done, and what is shown after it."""

    part: str
    what: str
    shown: Shown | Grown


def flipped(draw: Draw, data: bytes, first: int = 0, last: int | None = None) -> bytes:
    """Return ``data`` with one bit flipped, of the bytes from ``first`` up to ``last``."""
    end = len(data) if last is None else last
    bit = draw(st.integers(8 * first, 8 * end - 1))
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def of_path(draw: Draw, path: Path) -> Iterator[tuple[str, Path]]:
    """Yield other paths: a bit flipped, one hash more, one less, two changed about, one cut."""
    spot = draw(st.integers(0, len(path)))
    extra = draw(st.sampled_from([bytes(32), b"\xff" * 32, *path]))
    yield "a hash more", (*path[:spot], extra, *path[spot:])
    if not path:
        return
    spot = draw(st.integers(0, len(path) - 1))
    yield "a bit flipped", (*path[:spot], flipped(draw, path[spot]), *path[spot + 1 :])
    yield "a hash less", path[:spot] + path[spot + 1 :]
    yield "a hash cut", (*path[:spot], path[spot][:-1], *path[spot + 1 :])
    yield "no path", ()
    other = draw(st.integers(0, len(path) - 1))
    if path[other] != path[spot]:
        swapped = list(path)
        swapped[spot], swapped[other] = path[other], path[spot]
        yield "two hashes changed about", tuple(swapped)


def of_note(draw: Draw, note: str) -> Iterator[tuple[str, str, str]]:
    """Yield (part, what, note) of other notes; the log's line stands first, then the witnesses'."""
    text, lines = text_and_lines(note)
    for what, other in _of_text(draw, text):
        yield CHECKPOINT, what, joined(other, lines)
    spot = draw(st.integers(0, len(lines) - 1))
    part = COSIGNATURE if spot else CHECKPOINT
    yield part, "a line taken out", joined(text, [*lines[:spot], *lines[spot + 1 :]])
    for spot, line in enumerate(lines):
        part, stamp = (COSIGNATURE, _TIME) if spot else (CHECKPOINT, 0)
        name, raw = _split(line)
        altered = {
            "the key's id altered": flipped(draw, raw, 0, _ID),
            "the signature altered": flipped(draw, raw, _ID + stamp),
            "the signature cut": raw[:-1],
            "the signature longer": raw + b"\0",
        }
        if stamp:
            altered["the time altered"] = flipped(draw, raw, _ID, _ID + _TIME)
        for what, other in altered.items():
            yield part, what, joined(text, [*lines[:spot], _line(name, other), *lines[spot + 1 :]])
    if len(lines) > 2:
        (one, first), (two, second) = _split(lines[1]), _split(lines[2])
        lent = [_line(one, first[:_ID] + second[_ID:]), _line(two, second[:_ID] + first[_ID:])]
        yield (
            COSIGNATURE,
            "one witness's signature under the other",
            joined(text, [lines[0], *lent]),
        )


def of_trust(trust: Trust, origin: str, other: Ed25519PrivateKey) -> Iterator[tuple[str, Trust]]:
    """Yield (part, trust) of somebody who holds another key for the log, or for a witness."""
    name = trust.witnesses[0].partition("+")[0]
    yield CHECKPOINT, replace(trust, keys=(log_verifier(origin, other).vkey,))
    forged = witness_verifier(name, other).vkey
    yield COSIGNATURE, replace(trust, witnesses=(forged, *trust.witnesses[1:]))


def signed_by_other(note: str, other: Ed25519PrivateKey) -> str:
    """Return the note signed by another key, under the name and the id of the log's own."""
    text, lines = text_and_lines(note)
    name, raw = _split(lines[0])
    return joined(text, [_line(name, raw[:_ID] + other.sign(text.encode())), *lines[1:]])


def of_bare(draw: Draw, bare: Bare) -> Bare:
    """Return the bare proof changed once or twice in any way: it may even hold still."""
    for _ in range(draw(st.integers(1, 2))):
        kind = draw(st.sampled_from(["path", "index", "size", "root", "leaf"]))
        if kind == "path":
            bare = replace(bare, path=_another(draw, bare.path))
        elif kind == "index":
            bare = replace(bare, index=draw(st.integers(-1, bare.size + 2)))
        elif kind == "size":
            bare = replace(bare, size=draw(st.integers(0, 2 * bare.size + 2)))
        elif kind == "root":
            bare = replace(bare, root=flipped(draw, bare.root))
        else:
            bare = replace(bare, digest=flipped(draw, bare.digest))
    return bare


def of_bare_growth(draw: Draw, bare: BareGrowth) -> BareGrowth:
    """Return the bare consistency proof changed once or twice in any way."""
    for _ in range(draw(st.integers(1, 2))):
        kind = draw(st.sampled_from(["path", "old_size", "size", "swap", "old_root", "root"]))
        if kind == "path":
            bare = replace(bare, path=_another(draw, bare.path))
        elif kind == "swap":
            bare = replace(bare, old_root=bare.root, root=bare.old_root)
        elif kind in {"old_size", "size"}:
            bare = replace(bare, **{kind: draw(st.integers(-1, 2 * bare.size + 2))})
        else:
            bare = replace(bare, **{kind: flipped(draw, getattr(bare, kind))})
    return bare


def _another(draw: Draw, path: Path) -> Path:
    return draw(st.sampled_from([other for _, other in of_path(draw, path)]))


def _of_text(draw: Draw, text: str) -> Iterator[tuple[str, str]]:
    origin, size, root, *rest = text.split("\n")
    number = draw(st.integers(0, 2**40).filter(lambda number: str(number) != size))
    altered = base64.b64encode(flipped(draw, base64.b64decode(root))).decode()
    for what, head in (
        ("another origin", (origin + "x", size, root)),
        ("another size", (origin, str(number), root)),
        ("another root", (origin, size, altered)),
        ("a line more", (origin, size, root, "more")),
    ):
        yield what, "\n".join([*head, *rest])


def _split(line: str) -> tuple[str, bytes]:
    _, name, encoded = line.split(" ")
    return name, base64.b64decode(encoded)


def _line(name: str, raw: bytes) -> str:
    return f"— {name} {base64.b64encode(raw).decode()}"
