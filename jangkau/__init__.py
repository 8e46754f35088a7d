"""Jangkau: find the workers whom employment social security does not protect yet, and say how sure it is."""

__version__ = "0.1.0"
