"""What a typed clinical line says: the case's fields, what it denies, and what was not read.

Start with `reader.py`. The words are in the TOML files, one a topic; the grammar is in the modules.
"""
