"""Break the code in one place at a time to see whether a test notices: `python -m tests.mutations`.

`--in` names the folders; `--seed` and `--count` draw mutants from them at random. `--notes` instead
forces every condition of a sentence of the rules to True and to False; the case tables must notice.
"""
