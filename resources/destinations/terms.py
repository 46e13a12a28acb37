"""Until when a task at a destination is to be done, and by whom.

What belongs here: comparing both with what is and was wanted. What does not: reading them (one module per vendor) and the
verdict (see ``comparing``).
"""

from __future__ import annotations

from dataclasses import dataclass

from resources.destinations.writing import Write


@dataclass(frozen=True)
class Terms:
    """A task's day and its owner's id as they stand.

    ``maker`` is whom the vendor gives a task for which nobody is named, ``dated`` that one without a day has the meeting's.
    Users may be ``numbered``; of an id, ``letters`` tell (all, where None).
    """

    due: str | None
    owner: str | None
    maker: str | None = None
    dated: bool = False
    numbered: bool = False
    letters: int | None = None

    def stand(self, prior: Write, write: Write) -> bool:
        """Whether nothing is to change: it is as wanted, or the wish is the old one, where a person's change stays."""
        return self._wanted(prior) == self._wanted(write) or all(self._answers(write))

    def are_ours(self, prior: Write, write: Write) -> bool:
        """Whether day and owner are those that were or are wanted, and so no person's."""
        return all(was or now for was, now in zip(self._answers(prior), self._answers(write), strict=True))

    def back_to_maker(self, write: Write) -> str | None:
        """Whom a task goes back to that is somebody's though nobody is named any more, at vendors that must have an owner."""
        _, answered = self._answers(write)
        return None if answered or self._wanted(write)[1] is not None else self.maker

    def _wanted(self, write: Write) -> tuple[str | None, str | None]:
        day = write.due or (write.as_of.date() if self.dated and write.as_of is not None else None)
        owner = str(write.owner_number) if self.numbered and write.owner_number is not None else None
        if not self.numbered and write.owner_id:
            owner = write.owner_id[: self.letters]
        return (day.isoformat() if day is not None else None), owner

    def _answers(self, write: Write) -> tuple[bool, bool]:
        due, owner = self._wanted(write)
        # A meeting without a date leaves open which day its tasks were given.
        on_time = self.due == due or (self.dated and due is None)
        held = self.owner[: self.letters] if self.owner else None
        return on_time, held == owner or (owner is None and self.owner == self.maker)
