"""What the acts that make reports and exports are told, field by field."""

from typing import Annotated

from pydantic import Field

from portcullis.office.reporting import NAMES
from portcullis.office.web.said import Among, Day, Digest, Said
from portcullis.oversight.reports import OVERSEERS

REPORT, EXPORT = "report", "oversight-export"


class Report(Said):
    """Which report, as of the end of which day."""

    report: Annotated[str, Among.of(NAMES)]
    by: Day


class Export(Said):
    """For which body, on which request, as of which day, and whether persons are in it."""

    body: Annotated[str, Among.of(OVERSEERS)]
    request: Digest
    by: Day
    persons: Annotated[
        bool, Field(description="Whether the return information of each disclosure is in it.")
    ] = False
