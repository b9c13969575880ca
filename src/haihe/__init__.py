"""Haihe (海河): open software for the coordinated development of neighbouring jurisdictions."""
