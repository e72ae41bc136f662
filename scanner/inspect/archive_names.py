"""Names of members in archives: twice the same, and names that lead out."""

from __future__ import annotations

LEADS_OUT = "the member name {} leads out of the archive"


class NameCheck:
    """Collects what is odd about the names of one archive's members, with the severity."""

    def __init__(self, kind: str) -> None:
        self.oddities: list[tuple[str, str]] = []
        self._kind = kind
        self._seen: dict[str, str] = {}

    def add(self, name: str, twice: bool = True) -> None:
        """Look at one name; ``twice``: it is odd if it comes again."""
        plain = name.removeprefix("./").rstrip("/")
        if twice and plain:
            other = self._seen.setdefault(plain.casefold(), plain)
            if other is not plain:
                case = "" if other == plain else " but for upper and lower case"
                detail = f"two members are called {plain}{case}: readers take the first or the last of them"
                self.oddities.append((detail, "high" if not case else "medium"))
        if leads_out(name):
            self.oddities.append((LEADS_OUT.format(name), "high"))
        if any(ord(letter) < 32 for letter in name):
            self.oddities.append((f"the member name {name!r} holds control characters", "high"))


def leads_out(path: str) -> bool:
    """Whether a path of a member, or the target of a link in the root, is outside the archive."""
    parts = path.replace("\\", "/").split("/")
    return bool(path) and (".." in parts or parts[0] == "" or parts[0].endswith(":"))
