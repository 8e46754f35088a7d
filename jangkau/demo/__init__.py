"""Invented provinces of people, lists and register, with the truth known. `jangkau.demo.invent.invent` writes them."""
