"""What reads hostile bytes, fed bytes that nobody wrote: coverage-guided fuzzing with atheris (libFuzzer for Python).

Each target is a module with

    attack(data)   reads the bytes; whatever it raises is a find
    SEEDS          bytes to begin with, each a good input of another kind
    DICTIONARY     pieces worth putting in
    mutate(data, max_size, seed)   where bytes at random would seldom be read far; the others have none

`python -m tests.fuzz TARGET` hunts; what it finds is kept in tests/data/fuzz/TARGET, and `test_fuzz.py` attacks with
that in every run of the tests, without atheris.
"""
