"""What is known of a name that a pickle imports: whether it is dangerous, and why.

Three tiers: *dangerous* (calling it with arguments of one's choice has an effect beyond the object that is
made, or hands out what has), *known* (the vocabulary with which real writers rebuild their objects), and
*unreviewed*. The tiers are data, generated from the sources of the packages; see ``docs/names.md``.
"""

from scanner.inspect.names.tiers import Tier, category, reviewed, tier, why

__all__ = ["Tier", "category", "reviewed", "tier", "why"]
