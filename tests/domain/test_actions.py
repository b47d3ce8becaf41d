import pytest

from app.domain.actions import is_disabled
from app.domain.wiki_settings import WikiSettings


@pytest.mark.parametrize(
    ("listed", "action", "expected"),
    [
        pytest.param("", "register", False, id="nothing is listed"),
        pytest.param("register", "register", True, id="the only one"),
        pytest.param("source, register ,profile", "register", True, id="one of several, with blanks"),
        pytest.param("Register", "register", True, id="in capitals"),
        pytest.param("registering", "register", False, id="a longer name"),
        pytest.param("source", "export_raw", False, id="each name stands for itself"),
        pytest.param(" , ,", "", False, id="commas alone"),
    ],
)
def test_what_is_switched_off(listed: str, action: str, *, expected: bool) -> None:
    assert is_disabled(action, WikiSettings(disableactions=listed)) is expected
