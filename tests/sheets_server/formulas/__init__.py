"""Formulas: reading them, computing them, and moving what they refer to."""
