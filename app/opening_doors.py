"""The doors that the settings set up, opened when the wiki is served; their libraries are loaded for these alone."""

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from app.door_settings import Doors, HeaderSettings
from app.environment import SettingsError

if TYPE_CHECKING:
    from app.services.ldap import Directory
    from app.services.oidc import Provider


@dataclass(frozen=True, slots=True)
class OpenDoors:
    oidc: "Provider | None" = None
    ldap: "Directory | None" = None
    header: HeaderSettings | None = None


def open_doors(doors: Doors) -> OpenDoors:
    """Nothing is asked of any server yet.

    Raises:
        SettingsError: a library is not installed.
    """
    provider: Provider | None = _loaded("oidc", "LIERRE_OIDC_ISSUER").Provider(doors.oidc) if doors.oidc else None
    directory: Directory | None = _loaded("ldap", "LIERRE_LDAP_URL").Directory(doors.ldap) if doors.ldap else None
    return OpenDoors(provider, directory, doors.header)


def _loaded(extra: str, variable: str) -> ModuleType:
    try:
        return import_module(f"app.services.{extra}")
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("app."):
            raise
        raise SettingsError(
            f"{variable} is set, but {error.name} is not installed. Install lierre[{extra}], or leave the variable out."
        ) from error
