"""What an export wrote, and what it could not."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class ExportReport:
    """``written``: how many of each kind. ``changed``: what is another way there; ``left``: what is not there.

    Both are (what, a sentence that says why).
    """

    written: dict[str, int] = field(default_factory=dict)
    changed: list[tuple[str, str]] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)

    def count(self, kind: str, number: int = 1) -> None:
        self.written[kind] = self.written.get(kind, 0) + number

    @property
    def exit_status(self) -> int:
        return 1 if self.left else 0
