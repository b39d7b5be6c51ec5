"""What a person sees: card, plan, questions, hand-over, as neutral screens.

Start with `screen.py`, the value that every adapter draws, then `card.py`.
"""
