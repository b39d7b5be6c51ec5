"""What a person sees: card, plan, questions, hand-over, as neutral screens.

Start with `screen.py`, the value drawn by every adapter, then `card.py`.
"""
