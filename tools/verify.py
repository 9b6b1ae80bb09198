#!/usr/bin/env python3
"""Verify a Portcullis ledger, or one thing said about it, believing nobody.

One file, to be read in a sitting. It shares no code with Portcullis and needs nothing but Python
3.11 or newer.

    verify.py log LEDGER [--trees TREES]        the whole ledger, and every batch's list of leaves
    verify.py proof FILE LEAF                   LEAF (a file of its exact bytes) is in the ledger
    verify.py consistency FILE                  the ledger only grew between two checkpoints
    verify.py statement FILE LEDGER             how many entries of a kind there were by a day

LEDGER and TREES are folders, or addresses (http, https) of such folders. Each verb asks whom to
trust: ``--policy FILE`` (c2sp.org/tlog-policy), or ``--key VKEY`` of the log and, for each witness,
``--witness VKEY``; ``--quorum K`` says how many of the witnesses must have cosigned (else: all).
Get the keys from the log's and the witnesses' operators by a way you trust, not from the ledger.
Exits 0 if all is well, 1 if not, 2 if called wrongly.

The formats: RFC 6962 section 2.1 (hashing, proofs); c2sp.org/tlog-tiles (files),
c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature (signatures),
c2sp.org/tlog-proof (proof files); RFC 8032 (Ed25519).
"""

# Untyped and printing: a reader of another trade follows it from top to bottom.
# ruff: noqa: ANN001, ANN201, ANN202, ANN204, T201, TRY301

import argparse
import base64
import bisect
import datetime
import functools
import hashlib
import http.client
import json
import os
import re
import sys
import urllib.parse
from pathlib import Path

WIDTH = 256  # hashes in a full tile, entries in a full bundle
HASH = 32  # bytes
KEY_ID = 4  # bytes
LOG, WITNESS = 1, 4  # the types of key
LEAST_LINES = 4  # of a checkpoint's text: origin, size, root, and the empty end
TREE = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}/[0-9]{1,9}"  # how a batch's tree is named
DAY = 24 * 60 * 60  # seconds
MOST_FAULTS = 1000  # in one tree; a promise of any size must not keep us looking for ever
LONGEST = 1 << 26  # bytes of a file fetched; a full bundle has at most a quarter of it


class Wrong(Exception):  # noqa: N818 - read as a sentence: "raise Wrong(...)"
    """Something is not as it must be; the message says what."""


# --- Ed25519 (RFC 8032, sections 5.1 and 6) --------------------------------------------------
# Written out here, so that an outsider needs no package. It only verifies, with public numbers:
# what makes one's own signing code dangerous (leaking a secret by the time it takes) cannot arise.
# It is strict where implementations differ. A public key must be written in its one right way, and
# must not be one of the eight points of small order, for which a signature fits many messages. S
# must be below the group's order, or each signature could be written twice. R is made again from S
# and compared as bytes, as Go and OpenSSL do, so it too has one right way to be written.

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, -1, PRIME) % PRIME
ROOT_OF_MINUS_1 = pow(2, (PRIME - 1) // 4, PRIME)
NEUTRAL = (0, 1, 1, 0)  # a point (x, y) is (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z


def add_points(one, other):
    """Add two points of the curve."""
    x1, y1, z1, t1 = one
    x2, y2, z2, t2 = other
    a, b = (y1 - x1) * (y2 - x2) % PRIME, (y1 + x1) * (y2 + x2) % PRIME
    c, d = 2 * t1 * t2 * CURVE % PRIME, 2 * z1 * z2 % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def read_point(data):
    """Read 32 bytes as a point: y, and in the highest bit whether x is odd."""
    number = int.from_bytes(data, "little")
    y, odd = number & (1 << 255) - 1, number >> 255
    square = (y * y - 1) * pow(CURVE * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME:
        x = x * ROOT_OF_MINUS_1 % PRIME
    if y >= PRIME or (x * x - square) % PRIME or (x == 0 and odd):
        raise Wrong("A public key is no point of the curve.")
    x = PRIME - x if x % 2 != odd else x
    return x, y, 1, x * y % PRIME


def write_point(point):
    """Write a point as 32 bytes."""
    x, y, z, _ = point
    inverse = pow(z, -1, PRIME)
    x, y = x * inverse % PRIME, y * inverse % PRIME
    return (y | (x % 2) << 255).to_bytes(32, "little")


def doublings(point):
    """List 1, 2, 4, 8... times a point, up to 2**255 times."""
    found = [point]
    for _ in range(255):
        found.append(add_points(found[-1], found[-1]))
    return found


def multiply(number, powers):
    """Return ``number`` times the point whose doublings are given."""
    found = NEUTRAL
    for bit, power in enumerate(powers):
        if number >> bit & 1:
            found = add_points(found, power)
    return found


BASE = doublings(read_point((4 * pow(5, -1, PRIME) % PRIME).to_bytes(32, "little")))


@functools.cache
def read_public_key(public):
    """Return the doublings of the negative of a public key's point."""
    x, y, z, t = read_point(public)
    powers = doublings((PRIME - x, y, z, PRIME - t))
    if write_point(powers[3]) == write_point(NEUTRAL):
        raise Wrong("A public key is a point of small order.")
    return powers


def is_signature(public, message, signature):
    """Say whether 64 bytes are the signature of this key over this message."""
    powers = read_public_key(public)
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(r + public + message).digest(), "little") % ORDER
    return s < ORDER and write_point(add_points(multiply(s, BASE), multiply(k, powers))) == r


# --- RFC 6962: hashes and proofs -------------------------------------------------------------


def leaf_hash(leaf):
    """Hash a leaf."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left, right):
    """Hash an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_over(hashes):
    """Hash a list of hashes up to their root; an odd one out is carried up as it is."""
    if not hashes:
        return hashlib.sha256().digest()
    while len(hashes) > 1:
        pairs = zip(hashes[0::2], hashes[1::2], strict=False)
        odd = hashes[-1:] if len(hashes) % 2 else []
        hashes = [node_hash(left, right) for left, right in pairs] + odd
    return hashes[0]


def root_by_path(found, index, size, path):
    """Walk an inclusion proof from a leaf hash to the root it leads to (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        raise Wrong(f"There is no position {index} among {size}.")
    last = size - 1
    for sibling in path:
        if last == 0:
            raise Wrong("The proof is too long.")
        if index % 2 or index == last:
            found = node_hash(sibling, found)
            while index % 2 == 0 and index:
                index, last = index // 2, last // 2
        else:
            found = node_hash(found, sibling)
        index, last = index // 2, last // 2
    if last:
        raise Wrong("The proof is too short.")
    return found


def check_growth(old, new, path):
    """Check that the (size, root) ``new`` begins with ``old`` (RFC 9162, 2.1.4.2)."""
    (first, first_root), (second, second_root) = old, new
    if first in (0, second):  # nothing to walk: from the empty ledger, or no growth at all
        same = first_root == second_root if first == second else first_root == root_over([])
        if path or not same:
            raise Wrong("The newer ledger does not begin with the older one.")
        return
    if first > second:
        raise Wrong("The older checkpoint is the larger one.")
    path = list(path) if first & (first - 1) else [first_root, *path]
    index, last = first - 1, second - 1
    while index % 2:
        index, last = index // 2, last // 2
    if not path:
        raise Wrong("The proof is too short.")
    then = now = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise Wrong("The proof is too long.")
        if index % 2 or index == last:
            then, now = node_hash(sibling, then), node_hash(sibling, now)
            while index % 2 == 0 and index:
                index, last = index // 2, last // 2
        else:
            now = node_hash(now, sibling)
        index, last = index // 2, last // 2
    if last or (then, now) != (first_root, second_root):
        raise Wrong("The newer ledger does not begin with the older one.")


# --- whom to trust ---------------------------------------------------------------------------


def unbase64(text):
    """Decode standard base64, written in the one right way."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        data = b""
    if not data or base64.b64encode(data).decode() != text:
        raise Wrong(f"Not base64: {text[:20]!r}.")
    return data


def decimal(text):
    """Read a decimal number without leading zeroes."""
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text):
        raise Wrong(f"Not a decimal number: {text[:20]!r}.")
    return int(text)


def utf8(text):
    """Encode text as UTF-8; JSON can hold letters (lone surrogates) that have no such form."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise Wrong("A text cannot be written as UTF-8.") from None


def parse_vkey(vkey, kind):
    """Read a verifier key of a LOG or a WITNESS. Returns (name, key id, public key, kind)."""
    name, key_id, material = [*vkey.split("+", 2), "", ""][:3]
    raw = unbase64(material)
    right_id = hashlib.sha256(utf8(name) + b"\n" + raw).digest()[:KEY_ID]
    if raw[0] != kind or len(raw) != 1 + 32 or right_id.hex() != key_id or not name:
        raise Wrong(f"Not an Ed25519 verifier key of type {kind:02x}: {name}.")
    read_public_key(raw[1:])
    return name, right_id, raw[1:], kind


class Trust:
    """The keys of the log, those of the witnesses, and which of these together are enough."""

    def __init__(self, keys, witnesses, quorum):
        self.keys = [parse_vkey(key, LOG) for key in keys]
        self.witnesses = {name: parse_vkey(key, WITNESS) for name, key in witnesses.items()}
        self.groups = {}  # name -> (how many of them, names of witnesses and groups)
        self.quorum = quorum  # None: nobody need have cosigned

    def refuse_repeats(self):
        """Raise Wrong where one key is named twice, be it under two names: it would count twice."""
        for some in (self.keys, list(self.witnesses.values())):
            if len({key[2] for key in some}) < len(some):
                raise Wrong("A key is named twice.")

    def enough(self, signed, name=None):
        """Say whether the witnesses whose keys are in ``signed`` make up the quorum."""
        name = name or self.quorum
        if name in self.witnesses:
            return self.witnesses[name] in signed
        least, members = self.groups.get(name, (0, ()))
        return sum(self.enough(signed, member) for member in members) >= least


def trust_of(keys, witnesses, least):
    """Trust these keys, and ``least`` of these witnesses."""
    trust = Trust(keys, {str(number): key for number, key in enumerate(witnesses)}, "all")
    trust.groups["all"] = (least, tuple(trust.witnesses))
    trust.quorum = "all" if least else None
    trust.refuse_repeats()
    if not 0 <= least <= len(witnesses):
        raise Wrong("There are not so many witnesses.")
    return trust


def parse_policy(data):
    """Read a trust policy (c2sp.org/tlog-policy)."""
    trust, quorum, used = Trust([], {}, None), [], set()
    lines = [line.strip(b" \t") for line in data.split(b"\n")]
    for line in lines if data.endswith(b"\n") else [*lines[:-1], b"unfinished"]:
        if not line or line.startswith(b"#"):
            continue
        word, *rest = re.split(r"[ \t]+", line.decode(errors="surrogateescape"))
        known = {"none", *trust.witnesses, *trust.groups}
        if word == "log" and len(rest) in (1, 2):
            trust.keys.append(parse_vkey(rest[0], LOG))
        elif word == "witness" and len(rest) in (2, 3) and rest[0] not in known:
            trust.witnesses[rest[0]] = parse_vkey(rest[1], WITNESS)
        elif word == "group" and len(rest) > 2 and rest[0] not in known:  # noqa: PLR2004
            name, least, *members = rest
            least = {"any": 1, "all": len(members)}.get(least) or decimal(least)
            fresh = set(members) & known - used - {"none"}
            if len(fresh) < len(members) or not 1 <= least <= len(members):
                raise Wrong(f"The policy's group {name} is malformed.")
            used |= fresh
            trust.groups[name] = (least, members)
        elif word == "quorum" and len(rest) == 1 and rest[0] in known:
            quorum.append(None if rest[0] == "none" else rest[0])
        else:
            raise Wrong(f"The policy has a line that says nothing: {line[:40]!r}.")
    trust.refuse_repeats()
    if len(quorum) != 1:
        raise Wrong("The policy does not name exactly one quorum.")
    trust.quorum = quorum[0]
    return trust


# --- signed notes, checkpoints, cosignatures -------------------------------------------------


def split_note(note):
    """Split a signed note into its text and its signatures (name, key id, signature)."""
    utf8(note)
    text, gap, lines = note.rpartition("\n\n")
    if not gap or not lines.endswith("\n") or any(c < " " and c != "\n" for c in note):
        raise Wrong("The checkpoint is not a signed note.")
    signatures = []
    for line in lines[:-1].split("\n"):
        dash, name, encoded = [*line.split(" "), "", ""][:3]
        raw = unbase64(encoded)
        if line != f"\u2014 {name} {encoded}" or dash != "\u2014" or not name or len(raw) <= KEY_ID:
            raise Wrong("A signature line of the checkpoint is malformed.")
        signatures.append((name, raw[:KEY_ID], raw[KEY_ID:]))
    return text + "\n", signatures


def parse_checkpoint(note):
    """Return a checkpoint's origin, size and root; nothing is checked yet."""
    lines = split_note(note)[0].split("\n")
    if len(lines) < LEAST_LINES or not all(lines[:-1]):
        raise Wrong("The checkpoint does not have its three lines.")
    root = unbase64(lines[2])
    if len(root) != HASH:
        raise Wrong("The checkpoint's root is not 32 bytes.")
    return lines[0], decimal(lines[1]), root


def who_signed(note, known):
    """Return which of the ``known`` keys signed a note: key -> time of a cosignature, else None."""
    text, signatures = split_note(note)
    signed = {}
    for name, key_id, signature in signatures:
        for key in known:
            if key[:2] != (name, key_id):
                continue
            message, moment, rest = text, None, signature
            if key[3] == WITNESS:
                moment, rest = int.from_bytes(signature[:8], "big"), signature[8:]
                message = f"cosignature/v1\ntime {moment}\n{text}"
            good = key not in signed and len(rest) == 64 and (moment or 0) < 1 << 63  # noqa: PLR2004
            if not good or not is_signature(key[2], message.encode(), rest):
                raise Wrong(f"The signature of {name} does not verify.")
            signed[key] = moment
    return signed


def open_checkpoint(note, trust, more_keys=()):
    """Check a checkpoint's signatures; return its size, its root, and who signed (when)."""
    origin, size, root = parse_checkpoint(note)
    keys = {*trust.keys, *more_keys}
    known = keys | set(trust.witnesses.values())
    signed = who_signed(note, known)
    for name, key_id, _ in split_note(note)[1]:
        strange = all(key[:2] != (name, key_id) for key in known)
        if strange and any((key[0] == name) != (key[1] == key_id) for key in known - set(signed)):
            raise Wrong(f"The signature line of {name} is not under the key given for it.")
    if not any(key in signed and key[0] == origin for key in keys):
        raise Wrong("The checkpoint is not signed by the log's key.")
    if not trust.enough(signed):
        raise Wrong("The checkpoint has fewer of the cosignatures than asked for.")
    return size, root, signed


# --- files, here or over HTTP ----------------------------------------------------------------


class Folder:
    """A folder of this machine."""

    def __init__(self, path):
        self.path = Path(path)

    def read(self, path):
        """Return a file's bytes."""
        try:
            return (self.path / path).read_bytes()
        except OSError:
            raise Wrong(f"{path} is missing or cannot be read.") from None

    def files(self, below):
        """Name every file (and link) below a folder."""
        for place, folders, names in os.walk(self.path / below):
            links = [name for name in folders if (Path(place) / name).is_symlink()]
            for name in names + links:
                yield (Path(place) / name).relative_to(self.path).as_posix()

    def strays(self, expected):
        """Name what lies in the folder and should not."""
        if not self.path.is_dir():
            return [f"There is no folder {self.path.name}."]
        names = sorted(path.name for path in self.path.iterdir())
        return [f"{name} does not belong here." for name in names if name not in expected]

    def below(self, path):
        """Return a folder inside this one."""
        return Folder(self.path / path)


class Site:
    """A folder served over HTTP. It cannot be listed, so what is there too much is not noticed."""

    connections = {}  # noqa: RUF012 - kept open, one for each server

    def __init__(self, url):
        self.url = url.rstrip("/")
        self.parts = urllib.parse.urlsplit(self.url)

    def read(self, path):
        """Return a file's bytes."""
        where = (self.parts.scheme, self.parts.netloc)
        kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
        try:
            if where not in self.connections:
                self.connections[where] = kinds[where[0]](where[1], timeout=30)
            self.connections[where].request("GET", f"{self.parts.path}/{urllib.parse.quote(path)}")
            answer = self.connections[where].getresponse()
            data = answer.read(LONGEST + 1)
        except (OSError, http.client.HTTPException) as problem:
            self.connections.pop(where, None)
            raise Wrong(f"{path} cannot be fetched ({type(problem).__name__}).") from None
        if len(data) > LONGEST:
            self.connections.pop(where).close()
        if answer.status != http.client.OK or len(data) > LONGEST:
            raise Wrong(f"{path} is missing or cannot be read.")
        return data

    def files(self, below):
        """Name the archived checkpoints, which are listed in a file; nothing else is."""
        if below == "checkpoints":
            try:
                sizes = self.read("checkpoints/sizes").decode(errors="replace").split()
                yield from [numbered("checkpoints", decimal(size)) for size in sizes]
            except Wrong:
                return

    def strays(self, _expected):
        """Name nothing."""
        return []

    def below(self, path):
        """Return a folder inside this one."""
        return Site(f"{self.url}/{urllib.parse.quote(path)}")


def place(name):
    """Return the folder or the site of this name."""
    return Site(name) if re.match("https?://", name) else Folder(name)


# --- tiles and bundles -----------------------------------------------------------------------


def numbered(folder, number):
    """Name a numbered file as the format does: in groups of three digits."""
    digits = str(number)
    digits = digits.zfill((len(digits) + 2) // 3 * 3)
    parts = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    return "/".join([folder, *("x" + part for part in parts[:-1]), parts[-1]])


def tile_path(level, index, width):
    """Name a tile's file; level "entries" is that of the bundles."""
    path = numbered(f"tile/{level}", index)
    return path if width == WIDTH else f"{path}.p/{width}"


def parse_bundle(data):
    """Split a bundle into its entries, each after its length as two bytes."""
    entries, at = [], 0
    while at < len(data):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        entries.append(data[start:at])
    return entries if at == len(data) else None


def pack_bundle(entries):
    """Write entries as a bundle."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


class Recount:
    """One tree's files, counted again from its bundles; what is wrong gathers in ``faults``.

    ``roots`` has the root at the tree's own size, and at each of ``sizes``.
    """

    def __init__(self, source, size, sizes=()):
        self.source, self.size, self.faults, self.roots = source, size, [], {}
        self.wanted = sorted({size, *(one for one in sizes if one <= size)}, reverse=True)
        self.partials = {}  # full tile's path -> paths of partial tiles beside it
        self.unclaimed = set()
        for path in source.files("tile"):
            self.unclaimed.add(path)
            self.partials.setdefault(path.partition(".p/")[0], set()).add(path)

    def run(self, visit=None):
        """Count everything; call visit(position, entry)."""
        hashes, peaks = [], []  # roots of full tiles; roots of the perfect trees they make up
        self.keep_roots(0, [], peaks)
        for index in range((self.size + WIDTH - 1) // WIDTH):
            leaves = self.count_bundle(index, visit)
            self.keep_roots(index * WIDTH, leaves, peaks)
            if len(leaves) == WIDTH:
                hashes.append(root_over(leaves))
                root, count = hashes[-1], len(hashes)
                while count % 2 == 0:
                    root, count = node_hash(peaks.pop(), root), count // 2
                peaks.append(root)
        level = 1
        while hashes:
            groups = [hashes[i : i + WIDTH] for i in range(0, len(hashes), WIDTH)]
            for index, group in enumerate(groups):
                self.compare(level, index, group, self.read_tile(level, index, len(group)))
            hashes = [root_over(group) for group in groups if len(group) == WIDTH]
            level += 1
        self.faults += [f"{path} does not belong here." for path in sorted(self.unclaimed)]
        return self.roots[self.size]

    def keep_roots(self, start, leaves, peaks):
        """Keep the roots wanted up to the last of ``leaves``; ``peaks`` stand for those before."""
        while self.wanted and self.wanted[-1] <= start + len(leaves):
            size = self.wanted.pop()
            parts = [*peaks, root_over(leaves[: size - start])] if size > start else peaks[:]
            root = parts.pop() if parts else root_over([])
            while parts:
                root = node_hash(parts.pop(), root)
            self.roots[size] = root

    def count_bundle(self, index, visit):
        """Return the leaf hashes of one bundle, compared with its tile."""
        width = min(WIDTH, self.size - index * WIDTH)
        stored = self.read_tile(0, index, width)
        path = tile_path("entries", index, width)
        try:
            entries = parse_bundle(self.read(path))
            if entries is None or len(entries) != width:
                raise Wrong(f"{path} does not hold {width} whole entries.")
        except Wrong as wrong:
            self.faults.append(str(wrong))
            if len(self.faults) > MOST_FAULTS:
                raise Wrong("Most of what was promised is missing.") from None
            return stored or [bytes(HASH)] * width  # to go on and check the rest
        if visit:
            for position, entry in enumerate(entries, index * WIDTH):
                visit(position, entry)
        self.check_partials("entries", index, width, lambda w: pack_bundle(entries[:w]))
        hashes = [leaf_hash(entry) for entry in entries]
        self.compare(0, index, hashes, stored)
        return hashes

    def compare(self, level, index, hashes, stored):
        """Compare a tile with the hashes it should have."""
        path = tile_path(level, index, len(hashes))
        for at, (right, found) in enumerate(zip(hashes, stored or [], strict=False)):
            if right != found:
                first = (index * WIDTH + at) * WIDTH**level
                last = first + WIDTH**level - 1
                self.faults.append(f"{path}: hash {at} is not that of entries {first}-{last}.")
        self.check_partials(level, index, len(hashes), lambda w: b"".join(hashes[:w]))

    def check_partials(self, level, index, width, content):
        """Check older partial tiles beside a tile: each must be the beginning of it."""
        base = tile_path(level, index, WIDTH)
        for path in sorted(self.partials.get(base, set()) & self.unclaimed):
            digits = path.partition(".p/")[2]
            older = digits in map(str, range(1, width))
            if older and self.read(path) != content(int(digits)):
                self.faults.append(f"{path} is not the beginning of what followed it.")

    def read_tile(self, level, index, width):
        """Return a tile's hashes, or None with the fault noted."""
        path = tile_path(level, index, width)
        try:
            data = self.read(path)
            if len(data) != width * HASH:
                raise Wrong(f"{path} does not have its {width} hashes.")
        except Wrong as wrong:
            self.faults.append(str(wrong))
            return None
        return [data[i : i + HASH] for i in range(0, len(data), HASH)]

    def read(self, path):
        """Read a file, which is then accounted for. One that was outgrown is cut from the full."""
        self.unclaimed.discard(path)
        full, partial, width = path.partition(".p/")
        try:
            return self.source.read(path)
        except Wrong as wrong:
            if not partial or isinstance(self.source, Folder):
                raise
            missing = wrong
        try:
            data = self.source.read(full)
        except Wrong:
            raise missing from None
        if path.startswith("tile/entries/"):
            return pack_bundle((parse_bundle(data) or [])[: int(width)])
        return data[: int(width) * HASH]


def stored_size(source):
    """Count the entries in the bundles that follow on one another without a gap."""
    files = set(source.files("tile/entries"))
    size = 0
    while tile_path("entries", size // WIDTH, WIDTH) in files:
        size += WIDTH
    widths = [w for w in range(1, WIDTH) if tile_path("entries", size // WIDTH, w) in files]
    return size + max(widths, default=0)


# --- the whole ledger ------------------------------------------------------------------------


class Ledger:
    """A whole ledger, verified: its size, the roots it makes, and everything wrong with it.

    A ledger records its own keys, in entries of the kind "ledger-keys": from there on, checkpoints
    are signed by all of ``signed_by`` and cosigned by ``k`` of ``witnesses``. The first checkpoint
    after a change is signed by the keys before it and after it. So a key that you were given, and
    that was replaced since, still leads to the newest checkpoint, through the archived ones.
    """

    def __init__(self, source, trust, trees=None, sizes=(), visit=None):
        self.source, self.trust, self.trees, self.visit = source, trust, trees, visit
        self.faults = source.strays({"checkpoint", "checkpoints", "tile", ".sequencer"})
        self.named = {}  # folder of a tree -> its size and root
        self.changes, self.states = [], []  # where the ledger's keys change, and to what
        if isinstance(source, Folder) and (source.path / ".sequencer/staged").exists():
            self.faults.append("An append was cut off and stays staged.")
        note, claimed = self.read_head()
        self.size, promised = claimed or (stored_size(source), None)
        notes = self.read_archive()
        self.archive = sorted(size for size in notes if size <= self.size)
        count = Recount(source, self.size, {*notes, *sizes})
        count.run(self.see)
        self.roots = count.roots
        self.faults += count.faults
        sound = not count.faults
        self.opened = []  # (size, note, witnesses who cosigned, when) of each sound checkpoint
        linked = self.check_archive(notes, sound=sound)
        if claimed:
            try:
                self.check_head(note, linked=linked)
            except Wrong as wrong:
                self.faults.append(f"checkpoint: {wrong}")
            else:
                if self.roots[self.size] != promised:
                    self.faults.append(
                        f"The entries make the root {self.roots[self.size].hex()}, "
                        f"but {promised.hex()} was signed: "
                        f"{'a FORK' if sound else 'damaged'}."
                    )
        for path, (size, root) in self.named.items():
            tree = Recount(trees.below(path), size)
            found = tree.run()
            tree.faults += tree.source.strays({"tile"})
            if found != root:
                tree.faults.append(f"The leaves make the root {found.hex()}, not {root.hex()}.")
            self.faults += [f"{path}: {fault}" for fault in tree.faults]

    def read_head(self):
        """Return the newest checkpoint, and the size and root it claims (None if it is none)."""
        try:
            note = self.source.read("checkpoint").decode()
            _, size, root = parse_checkpoint(note)
            # A size that no key you gave has signed may be anything: no more than there is.
            if not set(who_signed(note, self.trust.keys)) and isinstance(self.source, Folder):
                size = min(size, stored_size(self.source))
        except UnicodeDecodeError:
            self.faults.append("checkpoint: It is not text.")
        except Wrong as wrong:
            self.faults.append(f"checkpoint: {wrong}")
        else:
            return note, (size, root)
        return "", None

    def read_archive(self):
        """Return the archived checkpoints by their size."""
        notes = {}
        for path in self.source.files("checkpoints"):
            size = int(re.sub("[^0-9]", "", path) or "-1")
            if path == numbered("checkpoints", size):
                try:
                    notes[size] = self.source.read(path).decode(errors="replace")
                except Wrong as wrong:
                    self.faults.append(str(wrong))
            elif path != "checkpoints/sizes":
                self.faults.append(f"{path} does not belong here.")
        if notes and self.size not in notes:
            self.faults.append(f"{numbered('checkpoints', self.size)} is missing.")
        return notes

    def see(self, position, entry):
        """Look whether an entry changes the ledger's keys, or names a tree."""
        try:
            if b'"ledger-keys"' in entry:
                self.see_keys(position, entry)
            if self.trees is not None and b'"leaves_root"' in entry:
                self.see_tree(entry)
        except Wrong as wrong:
            self.faults.append(f"Entry {position}: {wrong}")
        except (ValueError, TypeError, AttributeError, RecursionError):
            self.faults.append(f"Entry {position}: it does not say what it must.")
        if self.visit:
            self.visit(position, entry)

    def see_keys(self, position, entry):
        """Note a change of keys."""
        try:
            value = json.loads(entry)
        except (ValueError, RecursionError):
            return
        if not isinstance(value, dict) or value.get("kind") != "ledger-keys":
            return
        try:
            state = trust_of(value["signed_by"], value["witnesses"], value["k"])
            sound = canonical(value) == entry and len({key[0] for key in state.keys}) == 1
            sound = sound and type(value["k"]) is int and type(value["at"]) is str
        except (KeyError, ValueError, TypeError, AttributeError, RecursionError):
            sound = False
        if not sound or (self.states and state.keys[0][0] != self.states[0].keys[0][0]):
            raise Wrong("it does not say which are the ledger's keys.")
        self.changes.append(position)
        self.states.append(state)

    def see_tree(self, entry):
        """Note the tree that an entry names."""
        value, size, root = tree_in(entry)
        path = value.get("tree")
        if path is None:
            return
        if type(path) is not str or not re.fullmatch(TREE, path):
            raise Wrong("its tree is not a folder below the trees.")
        if self.named.setdefault(path, (size, root)) != (size, root):
            raise Wrong(f"an earlier entry gives another root for the tree {path}.")

    def states_for(self, size):
        """Return the states of keys that a checkpoint of this size must satisfy (may be none)."""
        before = bisect.bisect_left(self.archive, size)
        previous = self.archive[before - 1] if before else size
        first = bisect.bisect_left(self.changes, previous)
        last = bisect.bisect_left(self.changes, size)
        return self.states[max(first - 1, 0) : last] or self.states[:1]

    def open(self, note):
        """Check that a checkpoint is signed as it must be. Return its size, root, who signed."""
        origin, size, root = parse_checkpoint(note)
        states = self.states_for(size)
        asked = {key for state in states for key in state.keys}
        cosigners = states[-1].witnesses.values() if states else ()
        known = {*asked, *cosigners, *self.trust.keys, *self.trust.witnesses.values()}
        signed = who_signed(note, known)
        signers = asked or signed.keys() & set(self.trust.keys)
        if not signers or signers - signed.keys() or any(key[0] != origin for key in signers):
            raise Wrong("The checkpoint is not signed by every key of the log then in force.")
        if states and not states[-1].enough(signed):
            raise Wrong("The checkpoint has fewer cosignatures than were then asked for.")
        return size, root, signed

    def check_archive(self, notes, *, sound):
        """Check every archived checkpoint; return whether a given key leads to the newest one."""
        faults, anchored = [], False
        for size in sorted(notes):
            path = numbered("checkpoints", size)
            try:
                found, root, signed = self.open(notes[size])
            except Wrong as wrong:
                faults.append(f"{path}: {wrong}")
                continue
            if found != size:
                faults.append(f"{path}: it is the checkpoint of {found} entries.")
            elif size > self.size:
                faults.append(f"{path}: more was signed than the newest checkpoint has.")
            elif root == self.roots[size]:
                anchored = anchored or not signed.keys().isdisjoint(self.trust.keys)
                self.opened.append((size, notes[size], signed))
            elif sound:
                faults.append(f"{path}: the entries make another root than was signed: a FORK.")
        self.faults += faults
        return anchored and not faults

    def check_head(self, note, *, linked):
        """Check the newest checkpoint: by the keys you gave, and by those the ledger records."""
        states = self.states_for(self.size)
        size, _, _ = open_checkpoint(note, self.trust, states[-1].keys if states and linked else ())
        if states:
            self.open(note)
        if size != self.size:
            raise Wrong(f"It promises {size} entries, {self.size} are there.")


def canonical(value):
    """Write JSON in the one way the ledger does."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def refuse_number(text):
    """Refuse a fraction (NaN, too), which can be written in several ways."""
    raise ValueError(text)


def read_entry(entry):
    """Return an entry that is a canonical JSON object; None if not, or if too much for Python."""
    try:
        value = json.loads(entry, parse_float=refuse_number, parse_constant=refuse_number)
        return value if type(value) is dict and canonical(value) == entry else None
    except (ValueError, RecursionError):
        return None


def tree_in(entry):
    """Return an entry, and the size and root of the tree of leaves that it names."""
    try:
        value = read_entry(entry)
        root, size = bytes.fromhex(value["leaves_root"]), value["leaves"]
        sound = type(size) is int and size >= 0 and len(root) == HASH
    except (ValueError, TypeError, KeyError):
        sound = False
    if not sound:
        raise Wrong("it does not name a tree.")
    return value, size, root


# --- one thing said about it -----------------------------------------------------------------


def verify_proof(text, leaf, trust):
    """Return (place in the list, position in the ledger, the entry); raise Wrong if not proven."""
    head, gap, note = text.partition("\n\n")
    title, extra, *lines = [*head.split("\n"), ""]
    if title != "c2sp.org/tlog-proof@v1" or not gap or not extra.startswith("extra "):
        raise Wrong("This is not a proof of a leaf in a list in a ledger.")
    index, path = parse_path(lines[:-1])
    lower = unbase64(extra.removeprefix("extra ")).decode(errors="replace").split("\n")
    if lower[0] != "portcullis-list-proof/1" or not lower[1].startswith("entry ") or lower[-1]:
        raise Wrong("The proof's extra line does not speak of a list.")
    entry = unbase64(lower[1].removeprefix("entry "))
    leaf_index, leaf_path = parse_path(lower[2:-1])

    size, root, _ = open_checkpoint(note, trust)
    if root_by_path(leaf_hash(entry), index, size, path) != root:
        raise Wrong(f"The list is not at position {index} of the ledger.")
    value, leaves, leaves_root = tree_in(entry)
    if root_by_path(leaf_hash(leaf), leaf_index, leaves, leaf_path) != leaves_root:
        raise Wrong(f"The leaf is not at place {leaf_index} of the list.")
    return leaf_index, index, value


def parse_path(lines):
    """Read an ``index`` line and the hashes after it."""
    if not lines or not lines[0].startswith("index "):
        raise Wrong("The proof has no index.")
    return decimal(lines[0].removeprefix("index ")), parse_hashes(lines[1:])


def parse_hashes(lines):
    """Read hashes, one a line."""
    path = [unbase64(line) for line in lines]
    if any(len(digest) != HASH for digest in path):
        raise Wrong("The proof holds something that is no hash.")
    return path


def verify_consistency(text, trust):
    """Return the two sizes between which the ledger only grew; raise Wrong if that is not shown."""
    head, *notes = text.split("\n\n")
    title, *hashes = head.split("\n")
    if title != "portcullis-consistency/1" or len(notes) != 4:  # noqa: PLR2004 - text, lines; twice
        raise Wrong("This is not a consistency proof.")
    old, new = f"{notes[0]}\n\n{notes[1]}\n", f"{notes[2]}\n\n{notes[3]}"
    if parse_checkpoint(old)[0] != parse_checkpoint(new)[0]:
        raise Wrong("The checkpoints are of two logs.")
    first, second = open_checkpoint(old, trust)[:2], open_checkpoint(new, trust)[:2]
    check_growth(first, second, parse_hashes(hashes))
    return first[0], second[0]


def verify_statement(text, source, trust):
    """Count again what a statement says of a ledger; return it, raise Wrong if it is not so.

    The witnesses' clocks are put round the days asked about. Opening: the last checkpoint that was
    witnessed before the first day began (before the last one ended, if all to it are asked about).
    Closing: the first witnessed after the last day's end. Entries between are dated by the holder's
    clock alone.
    """
    try:
        said = json.loads(text)
        by = datetime.date.fromisoformat(said["by"])
        since = datetime.date.fromisoformat(said["since"] or "0001-01-01")
        edges = [said[name] for name in ("opening", "before_end") if said[name] is not None]
        notes = [edge["note"] for edge in (*edges, said["closing"])] + [said["newest"]]
        sizes = [parse_checkpoint(note)[1] for note in notes]
        known = said["format"] == "portcullis-statement/1"
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        known = False
    if not known:
        raise Wrong("This is not a statement.")
    seen, unreadable = [], []

    def visit(position, entry):
        value = read_entry(entry)
        if value is None:
            unreadable.append(position)
        elif value.get("kind") == said["kind"]:
            seen.append((position, day_of(value.get("at"))))

    ledger = Ledger(source, trust, sizes=sizes, visit=visit)
    faults = [fault for fault in ledger.faults if not fault.startswith("An append was cut off")]
    if faults:
        raise Wrong(f"The ledger itself is not sound: {faults[0]}")
    checkpoints = []
    for note in notes:
        size, root, signed = ledger.open(note)
        if ledger.roots.get(size) != root:
            raise Wrong(f"The statement's checkpoint of {size} entries is not this ledger's.")
        checkpoints.append((size, note, signed))
    checkpoints += [one for one in ledger.opened if one[0] <= sizes[-1]]
    seen = [(position, day) for position, day in seen if position < sizes[-1]]
    before_end, closing = bracket(checkpoints, start_of(by) + DAY, trust)
    opening = bracket(checkpoints, start_of(since), trust)[0] if said["since"] else before_end
    right = {
        "closed": closing is not None,
        "opening": opening,
        "before_end": before_end,
        "closing": closing or {"entries": sizes[-1], "witnessed": None},
        "undated": [position for position, day in seen if day is None],
        "unreadable": [position for position in unreadable if position < sizes[-1]],
    }
    right |= count_days(seen, since if said["since"] else None, by, right)
    for name, value in right.items():
        stated = said.get(name)
        if isinstance(stated, dict):
            stated = {part: stated[part] for part in stated if part != "note"}
        if stated != value:
            raise Wrong(f"The ledger, counted again under these keys, says otherwise of: {name}.")
    return {**said, **right}


def count_days(seen, since, by, edges):
    """Sort entries (position, day) by the day they claim, and by what the witnesses had seen."""
    first, inside, closing = (
        edges[name]["entries"] if edges[name] else 0
        for name in ("opening", "before_end", "closing")
    )
    found = {"positions": [], "backdated": [], "postdated": []}
    for position, day in seen:
        if day is None:
            continue
        early = since is not None and day < since
        asked = not early and day <= by
        if asked and position < closing:
            found["positions"].append(position)
        if (early and position >= first) or (asked and position >= closing):
            found["backdated"].append(position)
        # Seen before the last day's end, but of a later one; or before the first, but not earlier.
        if (position < inside and day > by) or (since and not early and position < first):
            found["postdated"].append(position)
    between = sum(first <= position < closing for position, _ in seen)
    return {**found, "count": len(found["positions"]), "between": between}


def day_of(at):
    """Return the day (UTC) of an entry's own time, None where it has none."""
    try:
        moment = datetime.datetime.fromisoformat(str(at))
        return (moment.astimezone(datetime.UTC) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        return None


def start_of(day):
    """Return when a day begins in UTC, in seconds since 1970."""
    return (day.toordinal() - datetime.date(1970, 1, 1).toordinal()) * DAY


def bracket(checkpoints, moment, trust):
    """Return the last checkpoint witnessed before a moment, and the first at or after it.

    Of each its size, and the time by which (from which on) enough witnesses saw it; None where
    there is none.
    """
    before, after = [], []  # (size, time)
    for size, _, signed in checkpoints if trust.quorum else ():
        times = {key: time for key, time in signed.items() if time is not None}
        by = [t for t in times.values() if trust.enough([key for key in times if times[key] <= t])]
        on = [t for t in times.values() if trust.enough([key for key in times if times[key] >= t])]
        before += [(size, min(by))] if by and min(by) < moment else []
        after += [(size, max(on))] if on and max(on) >= moment else []
    right = min(after, key=lambda one: one[0], default=None)
    before = [one for one in before if right is None or one[0] <= right[0]]
    left = max(before, key=lambda one: one[0], default=None)
    return [one and {"entries": one[0], "witnessed": utc(one[1])} for one in (left, right)]


def utc(moment):
    """Write a time given in seconds since 1970."""
    try:
        return datetime.datetime.fromtimestamp(moment, datetime.UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return f"{moment} seconds after 1970"  # past the calendar's end


# --- the command line ------------------------------------------------------------------------


def main():
    """Run from the command line."""
    sys.stdout.reconfigure(errors="backslashreplace")  # whatever is quoted can be printed
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    what = {
        "log": "ledger",
        "proof": "file leaf",
        "consistency": "file",
        "statement": "file ledger",
    }
    for verb, names in what.items():
        sub = verbs.add_parser(verb)
        for name in names.split():
            sub.add_argument(name)
        sub.add_argument("--policy", type=Path, help="a file that says whom to trust")
        sub.add_argument("--key", action="append", default=[], help="the log's verifier key")
        sub.add_argument("--witness", action="append", default=[], help="a witness's verifier key")
        sub.add_argument("--quorum", type=int, help="cosignatures asked for (default: all)")
        if verb == "log":
            sub.add_argument("--trees", help="folder or address of the batch trees")
    asked = parser.parse_args()
    if bool(asked.policy) == bool(asked.key or asked.witness or asked.quorum is not None):
        parser.error("say whom to trust: either --policy, or --key (and --witness, --quorum)")
    try:
        if asked.policy:
            trust = parse_policy(asked.policy.read_bytes())
        else:
            least = len(asked.witness) if asked.quorum is None else asked.quorum
            trust = trust_of(asked.key, asked.witness, least)
        text = Path(asked.file).read_bytes().decode() if "file" in asked else ""
        leaf = Path(asked.leaf).read_bytes() if "leaf" in asked else b""
    except OSError as problem:
        parser.error(f"{problem.filename}: {problem.strerror}")
    except UnicodeDecodeError:
        print("WRONG  The file is not text.")
        return 1
    except Wrong as wrong:
        parser.error(str(wrong))
    try:
        print(f"OK  {answer(asked, text, leaf, trust)}")
    except Wrong as wrong:
        print(f"WRONG  {wrong}")
        return 1
    return 0


def answer(asked, text, leaf, trust):
    """Do what is asked; return what was found to be so."""
    if asked.verb == "log":
        ledger = Ledger(place(asked.ledger), trust, place(asked.trees) if asked.trees else None)
        if ledger.faults:
            raise Wrong("\nWRONG  ".join(ledger.faults))
        return (
            f"{ledger.size} entries, {len(ledger.named)} trees: every entry, tile and signature "
            "agrees."
        )
    if asked.verb == "proof":
        at, position, _ = verify_proof(text, leaf, trust)
        return f"leaf {at} of the list that is entry {position} of the ledger."
    if asked.verb == "consistency":
        old, new = verify_consistency(text, trust)
        return f"the ledger of {new} entries begins with that of {old}, unchanged."
    return words_of(verify_statement(text, place(asked.ledger), trust))


def words_of(said):
    """Say what a statement says."""
    since = f"from {said['since']} " if said["since"] else ""
    rest = "" if said["closed"] else " No witness has seen the end of that day: it may yet rise."
    lists = ("backdated", "postdated", "undated", "unreadable")
    named = "".join(f" {name}: {said[name]}." for name in lists if said[name])
    edges = [
        f"{edge['entries']} entries, "
        + (f"witnessed {edge['witnessed']}" if edge["witnessed"] else "not closed")
        if edge
        else "none"
        for edge in (said["opening"], said["closing"])
    ]
    return (
        f"{said['kind']}, {since}to {said['by']}: {said['count']} "
        f"among the first {said['closing']['entries']} entries.{rest}{named} Opening: {edges[0]}. "
        f"Closing: {edges[1]}. The entries between are dated by the holder's clock alone: "
        f"{said['between']} of this kind."
    )


if __name__ == "__main__":
    sys.exit(main())
