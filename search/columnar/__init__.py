"""A Whoosh codec on plain arrays, a bulk writer for it and an evaluator for Whoosh queries over it.

Usable from any Whoosh program: imports nothing of Dateline outside this package. README.md has the file format.
"""
