"""What `cordcall` does in a shell besides talking, one module a topic.

Start with `copies.py`; `commands.py` names every command.
"""
