"""What a file that is sent will be called."""

from collections.abc import Container

_NO_SPACES = str.maketrans(":;", "__")


def target(namespace: str, wanted: str, sent: str, endings: Container[str]) -> str:
    """The name to clean and to ask rights for, always below ``namespace``.

    ``wanted`` is what somebody typed, and may name namespaces below; "": as the file itself is called. Where it has
    no ending that files may have, it gets that of the file. ``sent``: the name of the file on the sender's machine,
    of which only the last part counts, so that no file chooses its place.
    """
    own = sent.replace("\\", "/").rpartition("/")[2].translate(_NO_SPACES)
    name = wanted or own
    if wanted and ending(wanted) not in endings and ending(own) in endings:
        name = f"{wanted}.{ending(own)}"
    return f"{namespace}:{name}"


def ending(name: str) -> str:
    """Small letters; "" for none."""
    return name.rpartition(".")[2].lower() if "." in name.rpartition(":")[2] else ""


def numbered(name: str, number: int) -> str:
    """``a:x.png`` as ``a:x_2.png``."""
    stem, dot, end = name.rpartition(".") if ending(name) else (name, "", "")
    return f"{stem}_{number}{dot}{end}"
