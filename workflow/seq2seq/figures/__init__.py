"""Figures and tables, made from numbers alone: nothing here knows a model or a score."""
