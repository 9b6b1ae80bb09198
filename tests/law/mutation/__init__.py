"""Mutation testing of the law: each module changed in one place at a time, and judged again.

``python -m tests.law.mutation`` (``make mutants``) runs it whole, on a copy of the tree.
``making`` makes the mutants, ``answers`` asks the oracle once, ``killing`` tries one mutant,
``report`` writes what became of them.
"""
