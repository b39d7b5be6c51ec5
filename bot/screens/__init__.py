"""What a person sees: card, plan, questions, hand-over, as neutral screens."""
