"""Measurements: each number in docs/benchmarks.md comes from a run of this package.

Every side runs in a process of its own, so that its memory is its own; nothing else should run on
the machine meanwhile.
"""
