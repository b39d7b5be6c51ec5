"""The hand-over as a page: a tagged PDF on A4 or Letter, drawn with fpdf2 (the extra `pdf`).

Start with `page.py`. `pieces.py` says what stands on it, `flow.py` where, `drawing.py` draws it.
"""
