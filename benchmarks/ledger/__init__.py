"""The ledger: how fast it grows, proves and is verified, beside pymerkle, sigstore and Go's code.

``appends`` grows a log under a witness that runs as a process of its own over HTTP; ``proofs``
makes a list of as many determinations as stated, its entry and its proofs; ``checkers`` puts a
sample of these to every verifier, each in a process of its own, the Merkle part alone; ``compare``
runs all of it, and both whole verifiers over the whole ledger.

The outsiders are those of the tests (``tests/outside``), set up in the same way.
"""

BATCH = 10_000  # entries an append
BATCHES = 50
SMALL = 1_000  # appends of one entry, one after another
SAMPLE = 2_000  # proofs put to each verifier, spread over the list
ROUNDS = 25  # of which the median counts

LOG, APPENDS, LIST = "ledger", "appends", "bench/1"
"""The log that is proven and verified; the log that is timed; the list, below ``trees``."""
