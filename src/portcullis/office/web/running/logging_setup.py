"""Sets up the log when Django begins."""

import logging.config

from portcullis.office.web.running.logs import configured


def configure(_unused: object) -> None:
    """Set up the log as ``logs.configured`` says; Django calls it with its own settings for it."""
    logging.config.dictConfig(configured())
