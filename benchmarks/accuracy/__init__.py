"""Accuracy: who is found for a request, beside who it is about, side by side with other ways.

Every set of requests lies in one folder as four files (``layout``), whoever made it:

``pseudopeople``  the simulated United States of the package: W-2 and 1099 rows ask, returns and
                  the social security file are the holder's records (``population``)
``febrl``         FEBRL 1 to 4, as a smoke test (``febrl``)
``adversarial``   our own hard cases (``portcullis.scenarios.make_adversarial``)

Sides give an answer in one form (``layout.ANSWER``), counted by the same code (``counting``).
"""
