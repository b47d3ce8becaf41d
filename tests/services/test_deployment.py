"""What administrators see of the environment: every name, no secret."""

from pathlib import Path

import pytest

from app.services.deployment import deployment
from app.settings import NAMES, Settings

SETTINGS = Settings(
    home=Path("/srv/wiki"),
    database_url="postgresql://wiki:ivy/cl@imbs@db.example/wiki",
    trusted_hosts=("a.example", "b.example"),
    secret="long and never told",
)
ENVIRON = {
    "LIERRE_SMTP_URL": "smtps://robot:ivy/cl@imbs@mail.example:465",
    "LIERRE_OIDC_ISSUER": "https://id.example",
    "LIERRE_OIDC_CLIENT_SECRET": "ivy climbs",
    "LIERRE_LDAP_BIND_PASSWORD": "ivy climbs",
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("LIERRE_HOME", "/srv/wiki", id="a folder"),
        pytest.param("LIERRE_TRUSTED_HOSTS", "a.example b.example", id="a list"),
        pytest.param("LIERRE_WORKERS", "2", id="what holds though nobody set it"),
        pytest.param("LIERRE_BASE_URL", "", id="what is not set"),
        pytest.param("LIERRE_DATABASE_URL", "postgresql://…@db.example/wiki", id="an address without its password"),
        pytest.param("LIERRE_SECRET_KEY", None, id="a key: that it is set"),
        pytest.param("LIERRE_OIDC_ISSUER", "https://id.example", id="of a door"),
        pytest.param("LIERRE_OIDC_CLIENT_SECRET", None, id="the secret of a door"),
        pytest.param("LIERRE_LDAP_BIND_PASSWORD", None, id="the password of a door"),
    ],
)
def test_a_variable_is_shown_as_it_may_be(name: str, value: str | None) -> None:
    assert {variable.name: variable.value for variable in deployment(SETTINGS, ENVIRON)}[name] == value


def test_every_variable_is_listed_and_no_secret_is_in_it() -> None:
    found = deployment(SETTINGS, ENVIRON)

    assert {variable.name for variable in found} == {*NAMES, "HOST", "PORT"}
    for word in ("ivy", "climbs", "imbs", "never told"):
        assert word not in repr(found)
