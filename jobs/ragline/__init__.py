"""Ragline: from documents to evaluated, versioned, searchable releases."""

__version__ = "0.1.0"
