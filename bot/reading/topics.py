"""Reads the topics of a line one after the other; a later one may use what an earlier one found."""

from bot.reading.blood_thinners import read_thinners
from bot.reading.cancer import read_cancer
from bot.reading.cord_signs import read_cord_signs
from bot.reading.earlier_treatment import read_earlier_treatment
from bot.reading.images import read_images
from bot.reading.infection_signs import read_infection
from bot.reading.items import find_items
from bot.reading.kidneys import read_kidneys
from bot.reading.laboratory import read_laboratory
from bot.reading.left_over import left_over
from bot.reading.line import Line
from bot.reading.other_meanings import take_back
from bot.reading.pain import read_pain
from bot.reading.radicular_deficit import read_roots
from bot.reading.said import Said
from bot.reading.scales import read_fitness
from bot.reading.scope import decide
from bot.reading.urine_output import read_urine_output

_TOPICS = (
    read_laboratory, read_cancer, read_cord_signs, read_roots, read_pain, read_infection,
    read_fitness, read_kidneys, read_urine_output,
    read_thinners, read_images, read_earlier_treatment,
)  # fmt: skip


def say(line: Line) -> Said:
    """Return everything that a line says."""
    find_items(line)
    decide(line)
    said = Said()
    said.unclear += take_back(line)
    for topic in _TOPICS:
        topic(line, said)
    said.unclear += left_over(line, said)
    return said
