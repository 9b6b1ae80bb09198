"""Analysis of the law itself: does every element ask something of its own; what would a change do.

The face of the corner. ``witnesses`` gives for each element a request that fails only it, or says
which others imply it. ``compare`` says what newly opens and newly closes between two ``Terms``:
two versions of an agreement, or one under two sets of readings. Requests are generated, out of an
agreement's own complete example and the values its tests compare with; none is anybody's.
"""

from portcullis.oversight.analysis.comparison import Change, Comparison, compare
from portcullis.oversight.analysis.space import Space, Terms
from portcullis.oversight.analysis.values import Value
from portcullis.oversight.analysis.witnesses import Witness, witnesses

__all__ = [
    "Change",
    "Comparison",
    "Space",
    "Terms",
    "Value",
    "Witness",
    "compare",
    "witnesses",
]
