"""Looks up what CordCall knows: MRI limits, scores, drugs, chapters, cards for any chat.

Start with `mri/mri.py`: the other look-ups are built the same way, one folder each.
"""
