"""What a case is given away as: a page, a picture, data, a calendar; none of them names a patient.

Start with `content.py`, which says what is handed over in the words of card, plan and SBAR.
"""
