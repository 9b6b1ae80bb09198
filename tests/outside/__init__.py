"""Verifiers that are not ours over what we write: Go's sumdb, sigstore's, pymerkle.

They accept what we show, and refuse every corruption of it. ``shown`` is what an outsider is
handed, ``corruptions`` what may befall it; ``go``, ``gochecker``, ``sigstore_side``,
``pymerkle_side`` and ``single_file`` are the outsiders.
"""
