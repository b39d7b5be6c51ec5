"""Draws at once."""

from tests.export.drawing import begin

begin()
