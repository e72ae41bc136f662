"""How much collect takes, in bytes and counts."""

LARGEST = 5 << 30
"""Requests never bring more than this of one object."""

TOTAL = 20 << 30
"""Requests never bring more than this in one evidence directory."""

REQUESTS = 100_000
"""Requests beyond this number in one round are not served."""

UNCOMMITTED = 200
"""So many uncommitted files are looked at; the others are counted."""

PATCH = 256 << 20
"""So much of the textual difference is read for added lines; beyond it they count as not known."""

PATCHED = 8 << 20
"""Added lines are known of modified files up to this size: git holds both sides in memory."""

MOST_EXCLUDED = 1_000
"""With more modified files above that size than this, added lines are not known at all."""

API_ANSWER = 16 << 20
"""No answer of the GitHub API may be longer."""

CENTRAL_CONFIG = 256 << 10
"""A configuration in another repository may be this large."""

LFS_ANSWER = 4 << 20
"""No answer of the Git LFS batch interface may be longer."""

LFS_BATCH = 100
"""So many Git LFS objects are asked for at once, as Git LFS itself does."""

LFS_RANGES = 64
"""With more ranges than this the whole object is fetched."""

FETCHED = 8 << 30
"""One transfer of git brings no pack larger than this; a change that is larger is fetched in parts."""

FETCHES = 64
"""So many transfers of git one round may take."""

LISTING = 64 << 20
"""Bytes that git may print of one tree, or of the difference of two; a few objects can stand for far more."""

PATHS = 200_000
"""So many paths of one change, or of one whole tree, are looked at."""

MEMORY = 1 << 30
"""Bytes of address space that git may use for the difference of two trees."""

HUB_DOCUMENT = 16 << 20
"""No document of the Hub's API may be longer."""

HUB_RECORD = 64 << 20
"""Nor all pages of one listing together."""

HUB_TREE_PAGES = 200
"""So many pages of the list of a repository's files are fetched."""

HUB_COMMITS = 1_000
"""Commits that are asked for at once."""

HUB_COMMIT_PAGES = 3
"""So many pages of a history are fetched; of a longer one the last page, too."""

HUB_THREADS = 16
"""So many things are asked of the Hub at the same time."""

HUB_GAP = 256 << 10
"""Ranges of a file that are no further apart than this are fetched as one."""

HUB_RANGES = 1_024
"""So many ranges of one file one request may ask for."""

OSV_BATCH = 32 << 20
"""No answer to a question about many packages may be longer; OSV's own server keeps to this."""

OSV_ADVISORY = 4 << 20
"""Nor may one advisory."""

OSV_THREADS = 8
"""So many things are asked of the vulnerability database at the same time."""

OSV_MEMBERS = 1_000_000
"""So many advisories of one ecosystem a local database may hold."""

OSV_CANDIDATES = 20_000
"""So many advisories of a local database are handed to scan for one request."""

HUB_WHOLE = 64 << 20
"""A file up to this size is fetched whole from a server that knows no ranges."""
