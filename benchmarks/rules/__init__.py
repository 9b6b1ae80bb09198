"""The same rules over the same requests, judged by Portcullis, by Cedar and by Rego.

``requests`` makes the requests and lays them down for the peers; ``ours`` and ``peers`` judge
them, each in a process of its own; ``compare`` refuses to report where they find different things.
``rules.cedar`` and ``rules.rego`` state the rules of ``ELEMENTS`` again.

Every engine is given typed facts, made outside the timed part: a table for ours, for a peer each
request in the form its own call takes fastest. Dates are day numbers there, for Cedar's sake.
"""

# Elements of a request's face that ask for equality, order or presence: no patterns of text.
ELEMENTS = (
    "investigation-stage",
    "investigation-opened",
    "name-of-taxpayer",
    "address-of-taxpayer",
    "items-of-agreement",
    "order-date",
    "dates-in-order",
    "judicial-review",
    "ninety-days",
    "stay-application",
    "no-stay-in-force",
    "no-review-pending",
    "no-deferred-action",
    "not-reopened",
    "not-departed",
    "not-deceased",
    "not-citizen",
    "status-fresh",
    "nonimmigration-custody",
    "removal-period-run",
    "removal-period-extension",
    "not-under-supervision",
    "no-protection",
    "removal-practicable",
    "finality-event",
    "officer-load",
    "identical-reasons",
    "shared-address",
    "window-volume",
)

# Of these a person decides beyond the limit: a third result, ``<id>/person``.
FOR_A_PERSON = (
    "removal-period-extension",
    "officer-load",
    "identical-reasons",
    "shared-address",
    "window-volume",
)

REQUESTS = 100_000
SINGLE = 5_000  # of them, one request a call
BATCHES = (100, 1_000, 100_000)
COLUMNS = "columns"  # ours alone: all in one call, the findings left as columns
