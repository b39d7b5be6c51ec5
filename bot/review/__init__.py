"""The reviewer's pages: the flow and the rules, generated from code and texts.

Start with `flow_page.py`; `make docs` writes its output into `docs`.
"""
