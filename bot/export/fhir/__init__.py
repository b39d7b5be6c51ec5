"""A case and the flow as FHIR R4, in plain dictionaries."""

from bot.export.fhir.bundle import bundle_text

__all__ = ["bundle_text"]
