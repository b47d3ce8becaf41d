"""Where the files beside the code are: in a checkout next to ``app``, in an installed wheel inside it."""

from pathlib import Path

HERE = Path(__file__).resolve().parent


def resource_dir(name: str) -> Path:
    """The folder ``templates``, ``static``, ``migrations`` or ``content``.

    Raises:
        FileNotFoundError: the installation lacks it.
    """
    for folder in (HERE / name, HERE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"The installation lacks its folder “{name}”. Install it again.")
