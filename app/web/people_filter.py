"""The filter of the list of people, as its address says it. Nonsense in it filters nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from flask import request

from app.services.people import DOORS, SORTS, STATES, PeopleFilter
from app.web.addresses import Query, with_query
from app.web.days import begins, ends, read_day

ADDRESS = "/_admin/people"
LONGEST = 100
TEXTS = ("q", "login", "name", "mail", "group")
DAYS = ("since", "until", "seen_from", "seen_to")
YES_NO = {"yes": True, "no": False}
CHOICES: dict[str, tuple[str, ...]] = {"state": STATES, "door": DOORS, "step": ("yes", "no"), "seen": ("yes", "no")}


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list shows, each as it was typed, and its order."""

    given: Mapping[str, str]
    sort: str

    def __getitem__(self, name: str) -> str:
        return self.given.get(name, "")

    @property
    def reaches_further(self) -> bool:
        """Whether more is asked for than the first line of the form holds."""
        return bool(self.given.keys() - {"q", "group", "state"})

    def address(self, place: str = ADDRESS, **changed: Query) -> str:
        """The list with this filter, some of it changed."""
        given: dict[str, Query] = {**self.given, "sort": self.sort if self.sort != "login" else ""}
        return with_query(place, given | changed)

    def sorted_by(self, column: str) -> Literal["ascending", "descending", "none"]:
        if self.sort.removeprefix("-") != column:
            return "none"
        return "descending" if self.sort.startswith("-") else "ascending"

    def turned(self, column: str) -> str:
        """The list sorted by ``column``; the other way round if it is already."""
        return self.address(sort=f"-{column}" if self.sort == column else column)

    def which(self) -> PeopleFilter:
        return PeopleFilter(
            words=self["q"],
            login=self["login"],
            name=self["name"],
            mail=self["mail"],
            group=self["group"],
            state=self["state"],
            door=self["door"],
            second_step=YES_NO.get(self["step"]),
            never={"yes": False, "no": True}.get(self["seen"]),
            created_since=begins(self["since"]),
            created_until=ends(self["until"]),
            seen_since=begins(self["seen_from"]),
            seen_until=ends(self["seen_to"]),
        )


def read_filter() -> Filter:
    asked = request.args
    texts = {name: asked.get(name, "").strip()[:LONGEST] for name in TEXTS}
    days = {name: asked.get(name, "") for name in DAYS if read_day(asked.get(name, ""))}
    chosen = {name: asked.get(name, "") for name, offered in CHOICES.items() if asked.get(name, "") in offered}
    given = {name: text for name, text in {**texts, **chosen, **days}.items() if text}
    sort = asked.get("sort", "login")
    return Filter(given, sort if sort.removeprefix("-") in SORTS else "login")
