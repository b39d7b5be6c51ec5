"""The check digits of national patient numbers.

Each function takes a number without separators and returns whether its check digit is right.
"""

from collections.abc import Iterable
from typing import Final

_PPS_LETTERS: Final = "WABCDEFGHIJKLMNOPQRSTUV"
_NHS_WEIGHTS: Final = range(10, 0, -1)
_BSN_WEIGHTS: Final = (9, 8, 7, 6, 5, 4, 3, 2, -1)


def is_nhs(digits: str) -> bool:
    """Return whether 10 digits are an NHS number, or a CHI number of Scotland.

    The digits, weighted 10 to 2, plus the last one, make a multiple of 11. Source: NHS Data
    Dictionary, "NHS Number", www.datadictionary.nhs.uk/attributes/nhs_number.html.
    """
    return len(digits) == 10 and int(digits) > 0 and not _weighted(digits, _NHS_WEIGHTS) % 11


def is_bsn(digits: str) -> bool:
    """Return whether 9 digits pass the 11-test of the Dutch citizen service number.

    The digits, weighted 9 to 2 and -1, make a multiple of 11. Source: nl.wikipedia.org,
    "Burgerservicenummer".
    """
    return len(digits) == 9 and int(digits) > 0 and not _weighted(digits, _BSN_WEIGHTS) % 11


def is_ihi(digits: str) -> bool:
    """Return whether 18 digits are an Irish individual health identifier.

    It is a GS1 service relation number: from the right, the digits before the last weigh 3 and 1
    in turn, and the last one completes them to a multiple of 10. Sources: HSE, "IHI Technical
    FAQs"; GS1 General Specifications, "Check digit calculations".
    """
    if len(digits) != 18 or not int(digits):
        return False
    return not _weighted(digits, [3 - place % 2 * 2 for place in range(18)]) % 10


def is_pps(number: str) -> bool:
    """Return whether 7 digits and 1 or 2 letters are an Irish personal public service number.

    The digits weigh 8 to 2, a second letter A, B or H weighs 9 (A is 1); the rest of a division by
    23 is the first letter (W is 0). Source: python-stdnum, `stdnum.ie.pps`.
    """
    digits, letters = number[:7], number[7:].upper()
    if not (digits.isdigit() and 1 <= len(letters) <= 2 and letters.isalpha()):
        return False
    total = _weighted(digits, range(8, 1, -1))
    if letters[1:] in ("A", "B", "H"):
        total += 9 * (ord(letters[1]) - ord("A") + 1)
    return letters[0] == _PPS_LETTERS[total % 23]


def is_ssn(digits: str) -> bool:
    """Return whether 9 digits may be a United States social security number; it has no check digit.

    Areas 000, 666 and 900 to 999, group 00 and serial 0000 are never issued. Source:
    python-stdnum, `stdnum.us.ssn`.
    """
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    never = area in ("000", "666") or area[:1] == "9" or group == "00" or serial == "0000"
    return len(digits) == 9 and not never


def is_kvnr(number: str) -> bool:
    """Return whether a letter and 9 digits are a German health insurance number.

    The letter counts as two digits (A is 01); all but the last weigh 1 and 2 in turn, and the sum
    of the digits of the products ends in the last one. Source: § 290 SGB V, as gematik's E-Rezept
    code checks it; its test number X110411675 passes.
    """
    if len(number) != 10 or not ("A" <= number[0].upper() <= "Z" and number[1:].isdigit()):
        return False
    digits = f"{ord(number[0].upper()) - ord('A') + 1:02}{number[1:]}"
    products = (int(digit) * (1 + place % 2) for place, digit in enumerate(digits[:-1]))
    return sum(sum(divmod(each, 10)) for each in products) % 10 == int(digits[-1])


def _weighted(digits: str, weights: Iterable[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
