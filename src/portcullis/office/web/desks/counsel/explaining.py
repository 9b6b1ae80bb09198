"""One request explained, element by element: the reading is an act, on the ledger."""

from portcullis.office.web.desks import at_desk
from portcullis.office.web.explaining import asking

ask = at_desk("counsel")(asking("counsel:explain", "office/counsel/explain.html"))
