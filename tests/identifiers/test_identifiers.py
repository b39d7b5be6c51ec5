"""What identifies a person is found in typed lines, and what is clinical is left alone.

`clinical_lines.txt` holds lines without identifiers, `lines_with_identifiers.txt` lines with them,
in double brackets. The figures are shown with -s.
"""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import thread_time
from typing import get_args
from unicodedata import normalize

import pytest

from bot.identifiers.check_digits import is_bsn, is_ihi, is_kvnr, is_nhs, is_pps, is_ssn
from bot.identifiers.identifiers import find, leave_out
from bot.identifiers.span import Kind
from bot.identifiers.words import word_lists
from bot.reading.reader import read
from bot.screens.notices import words

TODAY = date(2026, 11, 27)
LEAST_FOUND = 0.99
MOST_FALSE_ALARMS = 0.01
MOST_MS_A_LINE = 0.2
MOST_MS_AN_ATTACK = 4.0
ENOUGH = 300
BRACKETS = re.compile(r"\[\[(.*?)\]\]")
SAID = re.compile(r"\d{3,}|[^\W\d_]{3,}")
ATTACKS = (
    "1", "1 ", "1-", "1.", "12/", "a@", "a.", "A. ", "Mr ", "patient ", "name: ", "0 ", "+1 ", "(0",
    "John ", "Aaaa ", "x-", "jan ", "dob ", "MRN 1 ", "12 aaa ", "1 Aaaa Bbbb ", "  ", "'", "a'",
    "tel 1 ", "address aaaa ", "1234 ", "123-", "é", "9434765919 ", "van der ", "12 March ", "b.",
    "call wife ", "\u0663", "a b c ", "/", "|", "Mr van der ",
)  # fmt: skip
KEPT = (
    "laminectomy 14/2/1988",
    "renal transplant 12.06.1989, HD since 12/03/1989",
    "prostate ca, diagnosed 12/03/1985",
    "pacemaker 04/05/2008",
    "Boston Scientific ICD in situ",
    "Lupron 22.5 every 3 months",
    "Von Hippel-Lindau",
    "Li-Fraumeni, sarcoma at T9",
    "Bence Jones",
    "Bence Jones protein in urine",
    "L1 8GY in 1, L4 1ST",
    "EBRT C5 6MV",
    "CT 67M",
    "van der Woude syndrome",
    "Charcot-Marie-Tooth, worse over 3 weeks",
    "Lambert Eaton neg, Klippel Feil",
    "Ehlers Danlos; Henoch Schonlein nephritis",
    "Kocher Langenbeck approach 2018",
    "cochlear implant Cochlear Nucleus 22",
    "Stryker Gamma nail, Siemens Avanto",
    "Cook Celect IVC filter",
    "spinal reg at Stoke Mandeville declined",
    "Baxter Homechoice APD",
    "Solu-Medrol 125 mg",
    "Mr Spine tonight, Mr Safe?",
    "May Deteriorate",
)
LEFT_OUT = (
    "back pain, lives near [[SW1A 1AA]]",
    "[[RSSMRA80A01H501U]] legs weak",
    "[[insurance card no 123 456 789]] T9 pain",
    "[[van der Berg]] prostate ca",
    "[[JS]] 67M legs weak",
    "Case of [[Gladys]] in bay 3",
    "[[smith, john 12/03/48]] cannot walk",
    "[[480312-1234]] legs weak",
    "[[Grace Okonkwo]] cannot walk",
    "deadline for [[Grace Okonkwo]] is wrong",
    "[[Okonkwo, Grace]] 62F leg weakness",
    "[[Joy Xulonde]] numb saddle",
    "[[Mr Walker]] cannot walk",
    "[[mr Bone]] foot drop",
    "[[Pt AB]] 62F legs weak",
    "[[J.K.]] 71M foot drop",
)
DISGUISES = {
    "invisible letters": "\u200b".join,
    "soft hyphens": "\u00ad".join,
    "joiners": "\u2060".join,
    "variation selectors": "\ufe0f".join,
    "wide letters": lambda typed: "".join(
        chr(ord(each) + 0xFEE0) if "!" <= each <= "~" and each != "." else each for each in typed
    ),
    "accents on their own": lambda typed: normalize("NFD", typed),
    "text that runs backwards": "\u202e{}\u202c".format,
    "marks of direction": lambda typed: typed.replace(" ", " \u200f"),
    "spaces that do not break": lambda typed: typed.replace(" ", "\u00a0"),
    "thin spaces": lambda typed: typed.replace(" ", "\u202f"),
    "tabs": lambda typed: typed.replace(" ", "\t"),
    "two spaces": lambda typed: typed.replace(" ", "  "),
    "keys": lambda typed: re.sub(r"(\d)", "\\1\ufe0f\u20e3", typed),
}
DISGUISED = (
    "Mrs Janet Sampleton", "John Smith leg weakness", "NHS 943 476 5919", "DOB 12/05/1951",
    "born 12 May 1951", "MRN 4471234", "tel 07700 900123", "lives at 12 Oak Street", "SW1A 1AA",
    "name: Okonkwo", "José García weak",
)  # fmt: skip
KINDS = {
    "Mrs Sampleton": "name",
    "dob 1.2.48": "birth_date",
    "14.05.1951": "birth_date",
    "MRN 0098765": "number",
    "K612345": "number",
    "943 476 5919": "nhs",
    "111222333": "bsn",
    "210000000012345673": "ihi",
    "6433435OA": "pps",
    "536-90-4399": "ssn",
    "X110411675": "kvnr",
    "a.sampleton@example.org": "email",
    "07700 900123": "phone",
    "12 Oak Street": "address",
}


def lines(name: str) -> list[str]:
    """Return the lines of a file beside this one, without its comments."""
    text = Path(__file__).with_name(name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def remains(marked: str) -> list[str]:
    """Return what of a marked line's identifiers is still there when they have been left out."""
    rest = leave_out(marked.replace("[[", "").replace("]]", ""), TODAY).text
    beside = SAID.findall(BRACKETS.sub(" ", marked))
    said = [each for part in BRACKETS.findall(marked) for each in SAID.findall(part)]
    return [each for each in said if each in SAID.findall(rest) and each not in beside]


@pytest.mark.parametrize("month", ["ma\u0131", "apr\u0130l", "ju\u0130n", "f\u00c9vr\u0131er"])
def test_a_month_may_be_written_with_another_i(month: str) -> None:
    assert leave_out(f"12 {month} 1950 gait", TODAY).left_out == ("birth_date",)


def test_hardly_any_clinical_line_is_taken_for_an_identifier() -> None:
    clinical = lines("clinical_lines.txt")
    alarms = [line for line in clinical if leave_out(line, TODAY).text != line]
    share = len(alarms) / len(clinical)
    print(f"\nfalse alarms: {len(alarms)} of {len(clinical)} clinical lines, {share:.1%}")  # noqa: T201
    assert len(clinical) >= ENOUGH
    assert share <= MOST_FALSE_ALARMS, alarms


def test_nearly_every_identifier_is_found() -> None:
    marked = lines("lines_with_identifiers.txt")
    missed = {line: left for line in marked if (left := remains(line))}
    share = 1 - len(missed) / len(marked)
    print(f"\nfound: {len(marked) - len(missed)} of {len(marked)} lines, {share:.1%}")  # noqa: T201
    assert len(marked) >= ENOUGH
    assert share >= LEAST_FOUND, missed


def test_what_is_clinical_beside_an_identifier_is_kept() -> None:
    marked = lines("lines_with_identifiers.txt")
    kept = 0
    for line in marked:
        rest = leave_out(line.replace("[[", "").replace("]]", ""), TODAY).text
        kept += set(re.findall(r"\w+", BRACKETS.sub(" ", line))) <= set(re.findall(r"\w+", rest))
    assert kept / len(marked) >= LEAST_FOUND


@pytest.mark.parametrize("typed", KINDS)
def test_each_kind_is_named(typed: str) -> None:
    (found,) = find(f"legs weak, {typed}, T9 pain", TODAY)
    assert found.kind == KINDS[typed]
    assert leave_out(f"legs weak, {typed}, T9 pain", TODAY).text == "legs weak, T9 pain"


def test_every_kind_has_an_example_here_and_words_of_its_own() -> None:
    assert set(KINDS.values()) == set(get_args(Kind)) == set(words("identifiers"))


@pytest.mark.parametrize("typed", KEPT)
def test_devices_eponyms_and_old_operations_are_kept(typed: str) -> None:
    assert leave_out(typed, TODAY).text == typed


@pytest.mark.parametrize("marked", LEFT_OUT)
def test_each_of_these_forms_is_left_out(marked: str) -> None:
    typed = re.sub(r"\[\[|\]\]", "", marked)
    rest = " ".join(BRACKETS.sub(" ", marked).split()).strip(" ,")
    assert leave_out(typed, TODAY).text == rest


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES)
@pytest.mark.parametrize("typed", DISGUISED)
def test_what_cannot_be_seen_hides_nobody(typed: str, disguise: Callable[[str], str]) -> None:
    read = leave_out(disguise(typed), TODAY)
    assert read.left_out == leave_out(typed, TODAY).left_out != ()
    assert normalize("NFKD", read.text) == normalize("NFKD", leave_out(typed, TODAY).text)


def test_a_clinical_line_is_kept_as_it_was_typed() -> None:
    typed = "plt 150 × 10⁹/L,\tT9\u00a0pain  3/52, 2.1 – 2.4 mmol/l, ½ tablet, ≥ 4/5"
    assert leave_out(typed, TODAY).text == typed
    assert leave_out(f"Mrs Sampleton {typed}", TODAY).text == " ".join(typed.split())


@pytest.mark.parametrize(
    ("typed", "born"),
    [
        ("12.11.2026", False), ("12.05.2010", True), ("12.05.2011", False),
        ("dob 12.05.2011", True), ("RT 12.03.2009", False), ("RT 12.03.1975", True),
        ("RT 12.03.1985", False), ("RT, she is 12.03.1985", True),
        ("since 12.03.1999", False),
        ("31.02.1950", False), ("born 1948", True), ("in 1948", False),
    ],
)  # fmt: skip
def test_a_date_of_birth_is_that_of_somebody_who_is_now_sixteen(typed: str, born: bool) -> None:
    assert [each.kind for each in find(typed, TODAY)] == ["birth_date"] * born


def test_check_digits() -> None:
    assert is_nhs("9434765919") and not is_nhs("9434765918") and not is_nhs("0000000000")
    assert is_bsn("111222333") and not is_bsn("111252333")
    assert is_ihi("735005385000000011") and not is_ihi("735005385000000012")
    assert is_pps("6433435F") and is_pps("6433435OA") and not is_pps("6433435VH")
    assert is_ssn("536904399") and not is_ssn("666904399") and not is_ssn("536004399")
    assert is_kvnr("X110411675") and not is_kvnr("X110411676")


def test_what_is_left_reads_like_a_line() -> None:
    typed = "Mrs A Sampleton, 12.5.48 (hosp no K612345): back pain 3/52, breast mets"
    read = leave_out(typed, TODAY)
    assert read.text == "back pain 3/52, breast mets"
    assert read.left_out == ("name", "birth_date", "number")


@pytest.mark.parametrize(
    ("typed", "rest"),
    [
        ("no fever\nlegs weak\nMr Smith 943 476 5919", "no fever\nlegs weak"),
        ("no fever\nMr Smith, 943 476 5919\n\nlegs weak", "no fever\nlegs weak"),
        ("no fever\n- Mr Smith\n- legs weak", "no fever\nlegs weak"),
        ("no weakness (NHS 943 476 5919) numb", "no weakness; numb"),
        ("no weakness [Mr Smith] numb", "no weakness; numb"),
        ("no weakness (Mr Smith, 67M) numb", "no weakness (67M) numb"),
        ("no weakness (67M, Mr Smith) numb", "no weakness (67M) numb"),
        ("no weakness Mr Smith. Numb", "no weakness. Numb"),
        ("no weakness; Mr Smith, numb", "no weakness; numb"),
        ("no weakness - Mr Smith - numb", "no weakness - numb"),
        ("no weakness | Mr Smith | numb", "no weakness; numb"),
        ("Mr Smith -ve weakness", "-ve weakness"),
        ("weakness (-) Mr Smith", "weakness (-)"),
        ("dex Mr Smith .5 mg", "dex .5 mg"),
        ("legs of Mr Smith weak", "legs of weak"),
    ],
)
def test_what_separated_the_neighbours_of_an_identifier_still_does(typed: str, rest: str) -> None:
    assert leave_out(typed, TODAY).text == rest


@pytest.mark.parametrize("between", ["\n", " (NHS 943 476 5919) ", " [Mr Smith] ", " Mr Smith. "])
def test_nothing_is_denied_because_a_name_was_left_out(between: str) -> None:
    typed = f"back pain, no weakness{between}numbness or incontinence, Mr Smith"
    reading = read(leave_out(typed, TODAY).text)
    assert reading.fields["cord_signs"] == ["bladder"] and reading.denied == ("weakness",)


def test_no_word_is_in_two_lists() -> None:
    lists = word_lists()
    each = (lists.given, lists.surnames, lists.both, lists.ordinary)
    assert sum(len(words) for words in each) == len(frozenset().union(*each))


def test_a_line_takes_a_fifth_of_a_millisecond() -> None:
    typed = lines("clinical_lines.txt")
    find(typed[0], TODAY)
    spent = []
    for _ in range(3):
        began = thread_time()
        for line in typed:
            find(line, TODAY)
        spent.append((thread_time() - began) / len(typed) * 1000)
    print(f"\n{min(spent):.3f} ms a line")  # noqa: T201
    assert min(spent) < MOST_MS_A_LINE


@pytest.mark.parametrize("part", ATTACKS)
def test_no_line_takes_long(part: str) -> None:
    typed = (part * 200)[:200]
    find(typed, TODAY)
    spent = []
    for _ in range(3):
        began = thread_time()
        find(typed, TODAY)
        spent.append((thread_time() - began) * 1000)
    assert min(spent) < MOST_MS_AN_ATTACK
