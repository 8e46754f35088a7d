"""Charts as SVG text, numbers as people read them in two languages, and the one self-contained page."""
