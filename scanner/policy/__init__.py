"""The policy: what a configuration says, and what it makes of the findings.

``load`` reads a configuration, ``globs`` selects paths by it, ``apply`` judges by it.
"""
