"""A case and the flow as FHIR R4, in plain dictionaries."""
