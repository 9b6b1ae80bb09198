"""The warning before anything is shown, and the label of what is shown and stored.

Publication 1075 asks for a banner acknowledged before access (AC-8) that names the penalties, and
for federal tax information to be labelled wherever it stands [law.md 34, 38].
"""

import hashlib
from datetime import timedelta

LABEL = "FEDERAL TAX INFORMATION"
SESSION = timedelta(minutes=30)
"""How long an acknowledgement is good, for one person at one workstation."""

BANNER = f"""\
WARNING: {LABEL}

This home holds return information disclosed under 26 U.S.C. section 6103. You may see only what
your own cases need, and use it solely for the purpose you name when you open it. Everything you
do here is logged: who, what, when, from where, whether it succeeded. What is shown is shown on
this terminal only, one package at a time; there is no export, and none may be made.

Disclosing it without authority is a felony (26 U.S.C. section 7213); looking at it without
authority is a crime (section 7213A); the person concerned may sue for damages (section 7431).
Report a suspected incident at once, within 24 hours at most."""

BANNER_DIGEST = hashlib.sha256(BANNER.encode()).hexdigest()


def label_of_a_package(request_id: str, received_on: str) -> bytes:
    """Return what the label beside a stored package says; it holds no tax information."""
    return (
        f"{LABEL}\n"
        f"Sealed return information (26 U.S.C. section 6103), request {request_id}, received "
        f"{received_on}.\n"
        "For the officers on the case's access list only. Do not copy, export or merge.\n"
        "Return or destroy it when the case closes (26 U.S.C. section 6103(p)(4)(F)(ii)).\n"
    ).encode()
