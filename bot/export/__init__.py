"""What a case is given away as: a page, a picture, data, a calendar; none of them names a patient.

Start with `fhir/codes.py`, the codes of public terminologies by name.
"""
