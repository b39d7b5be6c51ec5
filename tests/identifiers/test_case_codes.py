"""The code of a case is no name, also where its letters are one: "NEL-12"."""

from datetime import date
from itertools import product

from bot.conversation.case_codes import CONSONANTS, VOWELS
from bot.identifiers.identifiers import leave_out

TODAY = date(2026, 11, 27)


def test_no_code_of_a_case_is_taken_for_a_name() -> None:
    codes = [
        f"{''.join(letters)}-{number}"
        for letters in product(CONSONANTS, VOWELS, CONSONANTS)
        for number in (12, 123)
    ]
    texts = [text for code in codes for text in (code, code.lower(), f"legs weak {code}")]
    assert [text for text in texts if leave_out(text, TODAY).left_out] == []
    assert leave_out("Mrs Nel, weak legs", TODAY).left_out == ("name",)
