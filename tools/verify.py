#!/usr/bin/env python3
"""Verify a Portcullis ledger, or one proof from it, offline and believing nobody.

One file, to be read in a sitting. It shares no code with Portcullis; it needs Python 3.11 or
newer and, for Ed25519 signatures alone, the package ``cryptography`` (that signature check is
the one thing here one should not write oneself).

    verify.py log FOLDER --key VKEY [--witness VKEY]... [--quorum K] [--trees FOLDER]
    verify.py proof FILE LEAF --key VKEY [--witness VKEY]... [--quorum K]

``log``    counts the whole ledger again from its entries: every leaf hash, every tile, the root,
           the checkpoint's signature and cosignatures; with ``--trees`` also the tree of every
           batch that an entry names. Names each file and entry that is wrong.
``proof``  checks that LEAF (a file of the leaf's exact bytes) stands in the list, and the list in
           the ledger, that the .tlog-proof FILE says.

VKEY is a verifier key, ``name+id+base64``, got from the log's and the witnesses' operators by a way
you trust, not from the ledger. Exits 0 if all is well, 1 if not, 2 if called wrongly.

The formats: RFC 6962 section 2.1 (hashing, proofs); c2sp.org/tlog-tiles (files),
c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature (signatures),
c2sp.org/tlog-proof (proof files).
"""

# Untyped and printing: a reader of another trade follows it from top to bottom.
# ruff: noqa: ANN001, ANN201, ANN202, ANN204, T201, TRY301

import argparse
import base64
import hashlib
import json
import os
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH = 256  # hashes in a full tile, entries in a full bundle
HASH = 32  # bytes
KEY_ID = 4  # bytes
LEAST_LINES = 4  # of a checkpoint's text: origin, size, root, and the empty end


class Wrong(Exception):  # noqa: N818 - read as a sentence: "raise Wrong(...)"
    """Something is not as it must be; the message says what."""


# --- RFC 6962: hashes and inclusion proofs ---------------------------------------------------


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


# --- signed notes, checkpoints, cosignatures -------------------------------------------------


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
    if not (text.isascii() and text.isdigit() and str(int(text)) == text):
        raise Wrong(f"Not a decimal number: {text[:20]!r}.")
    return int(text)


def parse_vkey(vkey, kind):
    """Read a verifier key; kind 1 is a log's, 4 a witness's. Returns (name, key id, public key)."""
    name, key_id, material = [*vkey.split("+", 2), "", ""][:3]
    raw = unbase64(material)
    right_id = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:KEY_ID]
    if raw[0] != kind or len(raw) != 1 + 32 or right_id.hex() != key_id:
        raise Wrong(f"Not an Ed25519 verifier key of type {kind:02x}: {name}.")
    return name, right_id, raw[1:]


def split_note(note):
    """Split a signed note into its text and its signatures (name, key id, signature)."""
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


def check_signature(key, text, signature):
    """Check a log's signature over a note's text, or a witness's over the text and its time."""
    name, _, public = key
    message = text
    if len(signature) == 8 + 64:
        message = f"cosignature/v1\ntime {int.from_bytes(signature[:8], 'big')}\n{text}"
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature[-64:], message.encode())
    except InvalidSignature:
        raise Wrong(f"The signature of {name} does not verify.") from None


def open_checkpoint(note, keys, witnesses, quorum):
    """Check a checkpoint's signatures; return its size and root."""
    text, signatures = split_note(note)
    lengths = dict.fromkeys(keys, 64) | dict.fromkeys(witnesses, 8 + 64)
    signed = set()
    for name, key_id, signature in signatures:
        for key, length in lengths.items():
            if key[:2] == (name, key_id):
                if key in signed or len(signature) != length:
                    raise Wrong(f"The signature of {name} does not verify.")
                check_signature(key, text, signature)
                signed.add(key)
    for name, key_id, _ in signatures:
        for key in set(lengths) - signed:
            if (key[0] == name) != (key[1] == key_id):
                raise Wrong(f"The signature line of {name} is not under the key given for it.")
    lines = text.split("\n")
    if len(lines) < LEAST_LINES or not all(lines[:-1]):
        raise Wrong("The checkpoint does not have its three lines.")
    if not any(key[0] == lines[0] for key in signed.intersection(keys)):
        raise Wrong("The checkpoint is not signed by the log's key.")
    if len(signed.intersection(witnesses)) < quorum:
        raise Wrong(f"The checkpoint has fewer than {quorum} of the cosignatures asked for.")
    root = unbase64(lines[2])
    if len(root) != HASH:
        raise Wrong("The checkpoint's root is not 32 bytes.")
    return decimal(lines[1]), root


# --- tiles and bundles -----------------------------------------------------------------------


def tile_path(level, index, width):
    """Name a tile's file; level "entries" is that of the bundles."""
    digits = str(index)
    digits = digits.zfill((len(digits) + 2) // 3 * 3)
    parts = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    path = "/".join(["tile", str(level), *("x" + part for part in parts[:-1]), parts[-1]])
    return path if width == WIDTH else f"{path}.p/{width}"


def parse_bundle(data):
    """Split a bundle into its entries, each after its length as two bytes."""
    entries, at = [], 0
    while at < len(data):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        entries.append(data[start:at])
    if at != len(data):
        raise Wrong("is cut in the middle of an entry")
    return entries


def pack_bundle(entries):
    """Write entries as a bundle."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


class Recount:
    """One tree's files, counted again from its bundles; what is wrong gathers in ``faults``."""

    def __init__(self, folder, size):
        self.folder, self.size, self.faults = folder, size, []
        self.partials = {}  # full tile's path -> paths of partial tiles beside it
        self.unclaimed = set()
        for place, folders, names in os.walk(folder / "tile"):
            links = [name for name in folders if (Path(place) / name).is_symlink()]
            for name in names + links:
                path = (Path(place) / name).relative_to(folder).as_posix()
                self.unclaimed.add(path)
                self.partials.setdefault(path.partition(".p/")[0], set()).add(path)

    def run(self, promised, visit):
        """Count everything; compare with the promised root; call visit(position, entry)."""
        hashes, edge = [], []  # roots of full tiles; hashes of the unfilled one
        for index in range((self.size + WIDTH - 1) // WIDTH):
            leaves = self.count_bundle(index, visit)
            if len(leaves) == WIDTH:
                hashes.append(root_over(leaves))
            else:
                edge = leaves
        edges, level = [edge], 1
        while hashes:
            groups = [hashes[i : i + WIDTH] for i in range(0, len(hashes), WIDTH)]
            for index, group in enumerate(groups):
                self.compare(level, index, group, self.read_tile(level, index, len(group)))
            edges.append(groups[-1] if len(groups[-1]) < WIDTH else [])
            hashes = [root_over(group) for group in groups if len(group) == WIDTH]
            level += 1
        # The root joins what is unfilled at each level, from the lowest up.
        below = []
        for group in edges:
            below = [root_over(group + below)] if group + below else []
        root = root_over(below)
        if promised is not None and root != promised:
            self.faults.append(f"The entries make the root {root.hex()}, not {promised.hex()}.")
        self.faults += [f"{path} does not belong here." for path in sorted(self.unclaimed)]
        return root

    def count_bundle(self, index, visit):
        """Return the leaf hashes of one bundle, compared with its tile."""
        width = min(WIDTH, self.size - index * WIDTH)
        stored = self.read_tile(0, index, width)
        path = tile_path("entries", index, width)
        try:
            entries = parse_bundle(self.read(path))
            if len(entries) != width:
                raise Wrong(f"holds {len(entries)} entries, not {width}")
        except Wrong as wrong:
            self.faults.append(f"{path} {wrong}.")
            return stored or [bytes(HASH)] * width  # to go on and check the rest
        for place, entry in enumerate(entries):
            visit(index * WIDTH + place, entry)
        self.check_partials("entries", index, width, lambda w: pack_bundle(entries[:w]))
        hashes = [leaf_hash(entry) for entry in entries]
        self.compare(0, index, hashes, stored)
        return hashes

    def compare(self, level, index, hashes, stored):
        """Compare a tile with the hashes it should have."""
        path = tile_path(level, index, len(hashes))
        for place, (right, found) in enumerate(zip(hashes, stored or [], strict=False)):
            if right != found:
                first = (index * WIDTH + place) * WIDTH**level
                last = first + WIDTH**level - 1
                self.faults.append(f"{path}: hash {place} is not that of entries {first}-{last}.")
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
                raise Wrong(f"does not have its {width} hashes")
        except Wrong as wrong:
            self.faults.append(f"{path} {wrong}.")
            return None
        return [data[i : i + HASH] for i in range(0, len(data), HASH)]

    def read(self, path):
        """Read a file, which is then accounted for."""
        self.unclaimed.discard(path)
        try:
            return (self.folder / path).read_bytes()
        except OSError:
            raise Wrong("is missing or cannot be read") from None


def stored_size(folder):
    """Count the entries in the bundles that follow on one another without a gap."""
    size = 0
    while (folder / tile_path("entries", size // WIDTH, WIDTH)).is_file():
        size += WIDTH
    widths = (folder / (tile_path("entries", size // WIDTH, WIDTH) + ".p")).glob("*")
    return size + max((int(w.name) for w in widths if w.name.isdigit()), default=0) % WIDTH


# --- the two things one can ask --------------------------------------------------------------


def verify_log(folder, keys, witnesses, quorum, trees):
    """Return the ledger's size, the number of trees checked, and all that is wrong."""
    faults, named = [], {}

    def visit(position, entry):
        if trees is None or b'"leaves_root"' not in entry:
            return
        try:
            value, size, root = tree_in(entry)
            path = value.get("tree")
            if path is not None:
                if ".." in path or path.startswith("/"):
                    raise Wrong("its tree is outside the folder of trees")
                if named.setdefault(path, (size, root)) != (size, root):
                    raise Wrong(f"an earlier entry gives another root for the tree {path}")
        except (Wrong, TypeError, AttributeError) as wrong:
            faults.append(f"Entry {position}: {wrong}.")

    size, root = None, None
    try:
        note = (folder / "checkpoint").read_bytes().decode()
        size, root = open_checkpoint(note, keys, witnesses, quorum)
    except (OSError, UnicodeDecodeError):
        faults.append("checkpoint: missing, or not text.")
    except Wrong as wrong:
        faults.append(f"checkpoint: {wrong}")
    if size is None:
        size = stored_size(folder)
    faults += unexpected(folder, {"checkpoint", "tile", ".sequencer"})
    if (folder / ".sequencer" / "staged").exists():
        faults.append("An append was cut off and stays staged.")
    count = Recount(folder, size)
    count.run(root, visit)
    faults += count.faults
    for path, (tree_size, tree_root) in named.items():
        tree = Recount(trees / path, tree_size)
        tree.faults += unexpected(trees / path, {"tile"})
        tree.run(tree_root, lambda _position, _leaf: None)
        faults += [f"{path}: {fault}" for fault in tree.faults]
    return size, len(named), faults


def unexpected(folder, expected):
    """Name what lies in a folder and should not."""
    if not folder.is_dir():
        return [f"There is no folder {folder.name}."]
    return [f"{p.name} does not belong here." for p in folder.iterdir() if p.name not in expected]


def tree_in(entry):
    """Return an entry, and the size and root of the tree of leaves that it names."""
    try:
        value = json.loads(entry)
        root, size = bytes.fromhex(value["leaves_root"]), value["leaves"]
        text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        sound = text.encode() == entry and type(size) is int and size >= 0 and len(root) == HASH
    except (ValueError, TypeError, KeyError):
        sound = False
    if not sound:
        raise Wrong("it does not name a tree")
    return value, size, root


def verify_proof(text, leaf, keys, witnesses, quorum):
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

    size, root = open_checkpoint(note, keys, witnesses, quorum)
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
    path = [unbase64(line) for line in lines[1:]]
    if any(len(digest) != HASH for digest in path):
        raise Wrong("The proof holds something that is no hash.")
    return decimal(lines[0].removeprefix("index ")), path


def main():
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb, names in (("log", ["folder"]), ("proof", ["file", "leaf"])):
        sub = verbs.add_parser(verb)
        for name in names:
            sub.add_argument(name, type=Path)
        sub.add_argument("--key", action="append", required=True, help="the log's verifier key")
        sub.add_argument("--witness", action="append", default=[], help="a witness's verifier key")
        sub.add_argument("--quorum", type=int, help="cosignatures asked for (default: all)")
        if verb == "log":
            sub.add_argument("--trees", type=Path, help="folder of the batch trees")
    asked = parser.parse_args()
    try:
        keys = [parse_vkey(key, 1) for key in asked.key]
        witnesses = [parse_vkey(key, 4) for key in asked.witness]
    except Wrong as wrong:
        parser.error(str(wrong))
    quorum = len(witnesses) if asked.quorum is None else asked.quorum

    if asked.verb == "log":
        size, trees, faults = verify_log(asked.folder, keys, witnesses, quorum, asked.trees)
        for fault in faults:
            print(f"WRONG  {fault}")
        if not faults:
            print(f"OK  {size} entries, {trees} trees: every entry, tile and signature agrees.")
        return 1 if faults else 0
    try:
        text, leaf = asked.file.read_bytes().decode(), asked.leaf.read_bytes()
        place, position, _ = verify_proof(text, leaf, keys, witnesses, quorum)
    except OSError as problem:
        parser.error(f"{problem.filename}: {problem.strerror}")
    except UnicodeDecodeError:
        print("WRONG  The proof is not text.")
        return 1
    except Wrong as wrong:
        print(f"WRONG  {wrong}")
        return 1
    print(f"OK  leaf {place} of the list that is entry {position} of the ledger.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
