"""Looks up what CordCall knows: MRI limits, scores, drugs, chapters, cards for any chat."""
