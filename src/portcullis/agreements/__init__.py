"""What the parties agreed: packs (data, not code), and the roster of who may act.

A pack is a folder of TOML files, one for each part of the agreement. It can tighten what the
engine holds to, never loosen it (``floor.py``). The roster names the people, their offices,
the authority they act under and their enrolled public keys.
"""

from portcullis.agreements.describe import describe, template_rows
from portcullis.agreements.loading import builtin_pack, load_pack
from portcullis.agreements.pack import (
    Agreement,
    Answers,
    Disclosure,
    FieldRule,
    Many,
    Pack,
    Part,
    Party,
    Provisions,
    ReadingInForce,
    Request,
    Retention,
    Safeguards,
    Signatory,
    Text,
    Thresholds,
    Witnesses,
    WitnessNamed,
)
from portcullis.agreements.permissions import PERMISSIONS, Permission, is_among, may, who_may
from portcullis.agreements.person import (
    HOLDER_ROLES,
    REQUESTER_ROLES,
    FormerKey,
    Passkey,
    Person,
    Role,
)
from portcullis.agreements.problems import PackErrors, Problem, RosterErrors
from portcullis.agreements.roster import Roster, load_roster, read_person, roster_bytes, save_roster

__all__ = [
    "HOLDER_ROLES",
    "PERMISSIONS",
    "REQUESTER_ROLES",
    "Agreement",
    "Answers",
    "Disclosure",
    "FieldRule",
    "FormerKey",
    "Many",
    "Pack",
    "PackErrors",
    "Part",
    "Party",
    "Passkey",
    "Permission",
    "Person",
    "Problem",
    "Provisions",
    "ReadingInForce",
    "Request",
    "Retention",
    "Role",
    "Roster",
    "RosterErrors",
    "Safeguards",
    "Signatory",
    "Text",
    "Thresholds",
    "WitnessNamed",
    "Witnesses",
    "builtin_pack",
    "describe",
    "is_among",
    "load_pack",
    "load_roster",
    "may",
    "read_person",
    "roster_bytes",
    "save_roster",
    "template_rows",
    "who_may",
]
