"""What a name is: its normal form, when it is none, and when two are one person's.

`normalise` adds to a table, under a prefix (``n_``):

===============  ================================================================================
``absent``       Boolean: given or family name missing, or a placeholder (requirement 4)
``given``        the first forename
``middle``       the other forenames, whichever column they were written in
``family``       surnames in their order, each with its particles joined on (``DELACRUZ GARCIA``)
``family_set``   the same surnames sorted: equal for reordered compounds
``suffix``       JR, SR, II, III, IV, V or ""; found in any field
``key``          ``given|family_set``, null for an absent name: name-and-address look-up joins on it
===============  ================================================================================

Policies, stated:

- A **nickname** never agrees by itself: `nickname` refers to a person. So does an initial, a part
  of a compound surname, and a slip of the pen.
- Given and family names **written in each other's columns** do not agree: `misplaced`, referred;
  so is a second forename in the first one's place.
- Two different **suffixes** never agree, for a father and son share name and address. One on one
  side only is referred (`suffix-missing`): the other may be left out, or never have been.
- Middle names agree unless they **contradict**: empty, initial and beginning are compatible.
- "Jr" and "II" are different suffixes. Diacritics, case, hyphens, apostrophes and the spacing of
  particles never matter.

`agreement` compares two such column sets; the codes in `AGREES` are agreement, those in `REFERS`
go to a person, every other one is none. `differences` shows two names side by side.
"""

from portcullis.names.comparison import AGREES, REASONS, REFERS, agreement
from portcullis.names.differences import Difference, differences
from portcullis.names.normal import COLUMNS, normalise

VERSION = "2"
"""Version of the rules and lists; a change that alters any answer raises it."""

__all__ = [
    "AGREES",
    "COLUMNS",
    "REASONS",
    "REFERS",
    "VERSION",
    "Difference",
    "agreement",
    "differences",
    "normalise",
]
