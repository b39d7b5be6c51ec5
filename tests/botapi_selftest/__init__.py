"""Tests of the test server itself."""
