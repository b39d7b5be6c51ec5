"""What a reviewer reads: the flow and the rules as pages, written from the code and texts.

Start with `flow_page.py`; `make docs` writes what it gives into `docs`.
"""
