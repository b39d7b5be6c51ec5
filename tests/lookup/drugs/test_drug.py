"""/drug: verdict, dose, why, sources; classes; near names; the way back to the case."""

import pytest

from bot.guidance.texts import guidance
from bot.logic.drugs import drugs
from bot.lookup.drugs.drug import draw_drug
from bot.lookup.drugs.drug_names import LONGEST_LABEL, classes
from bot.screens.screen import Screen
from bot.service.service import Service
from tests.dialogue import do
from tests.paged import buttons, every_page, listed

ODD = ("<b>&amp;</b>", "😀😀", "\u202eenihprom", "x" * 4000, "%s {0} {name}", "\x00\x07", "...")


def labels(screen: Screen) -> list[str]:
    return [button.label for button in buttons(screen)]


def test_the_verdict_comes_first_then_what_instead_dose_why_and_sources(service: Service) -> None:
    (screen,) = do(service, "/drug morphine")
    assert screen.title == "Morphine: AVOID on haemodialysis"
    said = screen.plain()
    row = drugs()["morphine"]
    order = (row.instead, row.dose, row.why, "[R121, R122, R217, CC; submitted]")
    assert [said.index(each) for each in order] == sorted(said.index(each) for each in order)


def test_dexamethasone_names_the_call_that_comes_before_the_dose_on_haemodialysis(
    service: Service,
) -> None:
    (screen,) = do(service, "/drug dexamethasone")
    assert screen.title == "Dexamethasone: OK on haemodialysis"
    said = screen.plain()
    call = said.index("On haemodialysis without proven cancer: one call first (D7).")
    assert call < said.index("16 mg at once")
    assert "16 mg phosphate is 13.3 mg base" in said
    assert "[ART, R07, R42, R101, R215, CC; submitted]" in said


@pytest.mark.parametrize("id", [row.id for row in drugs().values() if row.verdict == "avoid"])
def test_what_to_give_instead_stands_beside_every_avoid(service: Service, id: str) -> None:
    said = do(service, f"/drug {id}")[0].plain()
    assert "Give instead" in said
    assert drugs()[id].instead in said


@pytest.mark.parametrize("typed", ["denosumab", "buprenorphine patch", "zoledronate", "fentanyl"])
def test_a_substance_of_several_products_asks_which(service: Service, typed: str) -> None:
    (screen,) = do(service, f"/drug {typed}")
    assert "which of these?" in screen.plain()
    assert len(labels(screen)) > 1
    for button in buttons(screen):
        (opened,) = do(service, button.typed)
        assert opened.title.endswith(" haemodialysis"), button.typed


def test_a_brand_says_what_was_asked_for(service: Service) -> None:
    (screen,) = do(service, "/drug ibuprofen")
    assert screen.title.startswith("NSAIDs: AVOID")
    assert "You asked for: Ibuprofen." in screen.plain()


def test_a_typing_error_says_how_it_was_read(service: Service) -> None:
    (screen,) = do(service, "/drug zomtea")
    assert screen.title.startswith("Zoledronic acid 4 mg: AVOID")
    assert "Read as: Zometa." in screen.plain()


def test_several_near_names_are_offered_with_their_verdicts(service: Service) -> None:
    (screen,) = do(service, "/drug pan")
    assert "which of these?" in screen.plain()
    assert "Suxamethonium (Pantolax): AVOID" in screen.plain()
    assert labels(screen) == ["Paracetamol", "BuTrans", "PPI", "Suxamethonium"]
    assert [each.style for each in buttons(screen)] == ["plain", "plain", "plain", "danger"]


def test_drugs_of_the_class_with_the_same_word_are_offered_beside_it(service: Service) -> None:
    (screen,) = do(service, "/drug gadolinium")
    assert screen.title.startswith("Gadolinium, group II: OK")
    assert labels(screen)[:2] == ["Gadolinium, group I", "Gadolinium group 3"]


def test_alone_it_lists_every_class_and_each_opens(service: Service) -> None:
    offered = listed(every_page(service, "/drug"))
    assert [button.label for button in offered] == list(classes())
    for button in offered:
        opened = every_page(service, button.typed)
        assert every_page(service, button.typed.upper()) == opened
        said = "\n".join(page.plain() for page in opened)
        assert all(row.name in said for row in classes()[button.label])


def test_a_class_gives_its_drugs_with_the_verdict_what_may_be_given_first(service: Service) -> None:
    pages = every_page(service, "/drug opioids")
    assert {page.title for page in pages} == {"Opioid"}
    said = "\n".join(page.plain() for page in pages)
    assert said.index("Buprenorphine 7-day patch: OK") < said.index("Fentanyl patch: CAUTION")
    assert said.index("Fentanyl patch: CAUTION") < said.index("Morphine: AVOID")


def test_every_button_opens_its_drug_and_fits(service: Service) -> None:
    for kind in classes():
        for button in listed(every_page(service, f"/drug class {kind}")):
            assert len(button.label) <= LONGEST_LABEL
            verb, _, key = button.does.partition(" ")
            if key in drugs():
                (opened,) = do(service, f"/{verb} {key}")
                assert opened.title.startswith(drugs()[key].name)
                assert do(service, button.typed)[0].title == opened.title


@pytest.mark.parametrize("typed", ODD)
def test_odd_input_gets_one_line_and_the_classes(service: Service, typed: str) -> None:
    (screen,) = do(service, f"/drug {typed}")
    first, *rest = screen.plain().splitlines()[1:]
    assert "no such drug here; allowed: a name, a brand, or a class below" in first
    assert (len(first) < 120, rest) == (True, [])
    assert labels(screen) == labels(do(service, "/drug")[0])


def test_with_a_case_under_way_there_is_a_way_back_and_nothing_changes(service: Service) -> None:
    do(service, "/triage", "none")
    before = service.store.cases.active("chat")
    (screen,) = do(service, "/drug dex")
    assert before is not None
    assert labels(screen)[-1] == f"Back to {before.code}"
    assert service.store.cases.active("chat") == before


def test_every_drug_fits_one_message() -> None:
    assert all(len(draw_drug(row).plain()) < 1000 for row in drugs().values())


def test_what_only_partly_fits_is_offered_and_not_shown(service: Service) -> None:
    (screen,) = do(service, "/drug gentamicin eye drops")
    assert screen.title == "Drugs on haemodialysis"
    assert "Did you mean …?" in screen.plain()
    assert labels(screen) == ["Gentamicin"]
    (opened,) = do(service, buttons(screen)[0].typed)
    assert opened.title.startswith("Gentamicin: ")


@pytest.mark.parametrize("typed", ["John Smith 1234567", "NHS 943 476 5919", "mrs smithe pan"])
def test_what_is_typed_is_not_said_again(service: Service, typed: str) -> None:
    said = do(service, f"/drug {typed}")[0].plain().casefold()
    assert not any(word in said for word in typed.casefold().split() if len(word) > 3)


def test_an_opioid_to_avoid_names_what_to_give_and_whom_to_ask(service: Service) -> None:
    said = do(service, "/drug oramorph")[0].plain()
    assert (
        "a patch of buprenorphine or fentanyl" in said and "nephrology or palliative care" in said
    )


@pytest.mark.parametrize("typed", ["tazocin", "meropenem", "flucloxacillin", "co-amoxiclav"])
def test_an_antibiotic_without_a_source_says_whom_to_ask(service: Service, typed: str) -> None:
    (screen,) = do(service, f"/drug {typed}")
    said = screen.plain()
    assert "AVOID" not in screen.title and "OK" not in screen.title
    assert "No dose: no source here." in said
    assert "Ask microbiology or renal pharmacy: not confirmed in a source here." in said
    assert "[CC; submitted]" in said


def test_vancomycin_does_not_wait_for_a_session(service: Service) -> None:
    said = do(service, "/drug vanc")[0].plain()
    assert "at once when septic: 25 mg/kg once" in said
    assert "does not wait for a session" in said


def test_the_rule_on_analgesics_leads_to_the_doses(service: Service) -> None:
    assert "by the renal dose table (/drug)" in guidance()["G11"].sentences["text"]
    assert "by mouth" in do(service, "/drug paracetamol")[0].plain()
