"""publish: speaks of a validated report, and of nothing else; it never sees bytes of the pull request.

``publish`` is the phase. ``outputs`` writes the runner's files, ``annotations`` its workflow commands.
``speak`` says the rest through GitHub's API: ``comment``, ``reviews``, ``check_run`` and ``release``, by way
of ``client``; ``pulls`` finds the pull request, ``marker`` what we wrote before.
"""
