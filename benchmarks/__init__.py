"""Benchmarks: what modelward takes beside what a user would run instead, both in one run, as ratios.

``python -m benchmarks [NAME...]`` prints a Markdown table. Nothing here is a test: a busy machine makes
a ratio noisy, never a build red.
"""
