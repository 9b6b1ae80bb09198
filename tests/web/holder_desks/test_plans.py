"""No page reads the whole ledger: how the database goes about each query of the desks' pages."""

import json
import os
import re
import subprocess

import pytest

from tests.web.office import COMMAND

pytestmark = pytest.mark.xdist_group("holder-desks")
WHOLE = re.compile(r"^SCAN \"?office_(entry|act)\b(?!.* USING )")


@pytest.mark.long
def test_no_page_of_a_desk_reads_every_entry_or_every_act(office) -> None:
    asked = subprocess.run(
        [*COMMAND, "plans", str(office.home), "holder", office.origin],
        env=os.environ | {"PORTCULLIS_HOME": str(office.home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr[-3000:]
    pages = json.loads(asked.stdout)
    assert len(pages) > 40
    assert sum(map(len, pages.values())) > 400
    wrong = {page: [each for each in steps if WHOLE.search(each)] for page, steps in pages.items()}
    assert {page: steps for page, steps in wrong.items() if steps} == {}
