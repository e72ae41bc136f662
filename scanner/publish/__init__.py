"""publish: speaks of a validated report, and of nothing else; it never sees bytes of the pull request.

``publish`` is the phase; ``outputs`` writes the runner's files, ``annotations`` its workflow commands.
"""
