"""26 U.S.C. § 6103(i)(2)(B)(i): the name and address of the taxpayer."""

from portcullis.law.fields import ADDRESS, NAME
from portcullis.law.identity import of_one_person
from portcullis.law.provision import Provision

TEXT = """\
(B) A request meets the requirements of this subparagraph if the request is in writing and sets
forth
    (i) the name and address of the taxpayer with respect to whom the requested return information
    relates;"""

PROVISION = Provision(
    id="26 USC 6103(i)(2)(B)(i)",
    citation="26 U.S.C. § 6103(i)(2)(B)(i)",
    title="Name and address of the taxpayer",
    text=TEXT,
    source="U.S. Code, snapshot of April 2023",
    fields=(*NAME, *ADDRESS),
    elements=of_one_person("26 U.S.C. § 6103(i)(2)(B)(i)"),
)
