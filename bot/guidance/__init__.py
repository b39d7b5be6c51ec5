"""What the rules say in words: texts, reasons, sections, times, the answer as JSON.

Start with `texts.py`, which loads the sentences, their sources and their review status.
"""
