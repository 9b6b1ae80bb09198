"""The acts of the holder's desks, as the office that is tested registers them."""

import json
import subprocess
import sys
from typing import Any

from tests.web.office import Office

_SCRIPT = """
import json, sys
from pathlib import Path
from portcullis.office.web import serving
serving.prepare(Path(sys.argv[1]), "holder", sys.argv[2])
serving.application()
from portcullis.office.permissions import who_may
from portcullis.office.web import acts
from portcullis.office.web.deployment import deployment
here = deployment()
print(json.dumps({
    name: {
        "people": [each.id for each in who_may(here.roster, act.act, here.today())],
        "browser_only": act.browser_only,
        "act": act.act,
        "ordered": act.order is not None,
        "fields": sorted(act.takes.model_fields) if act.takes else None,
    }
    for name, act in acts._ACTS.items()
}))
"""


def acts_of(office: Office) -> dict[str, dict[str, Any]]:
    """Return each act by name: who may do it, whether the API offers it, what it takes."""
    command = [sys.executable, "-c", _SCRIPT, str(office.home), office.origin]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(said.stdout.splitlines()[-1]))
