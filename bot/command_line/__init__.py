"""What `cordcall` does in a shell besides talking, one module a topic.

Start with `copies.py`; `bot/__main__.py` names every command.
"""
