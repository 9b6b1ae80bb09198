"""26 U.S.C. § 6103(i)(2)(C): a taxpayer's identity, and nothing more, may be asked for."""

from portcullis.law.agreement import items_of_agreement
from portcullis.law.fields import ITEMS
from portcullis.law.provision import Provision

TEXT = """\
(C) For purposes of this paragraph, a taxpayer's identity shall not be treated as taxpayer return
information."""

PROVISION = Provision(
    id="26 USC 6103(i)(2)(C)",
    citation="26 U.S.C. § 6103(i)(2)(C)",
    title="Taxpayer identity alone",
    text=TEXT,
    source="U.S. Code, snapshot of April 2023",
    fields=(ITEMS,),
    elements=(items_of_agreement("26 U.S.C. § 6103(i)(2)(C); (b)(6)"),),
)
