from tests.office.conftest import _find_stage, _stages  # noqa: F401 - fixtures by their names
from tests.web.conftest import holder  # noqa: F401
