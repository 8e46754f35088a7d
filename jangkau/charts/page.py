"""The self-contained page: one HTML file with its style inside, two languages, no script and no request."""

from __future__ import annotations

from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from jangkau.charts.markup import both, breakable
from jangkau.complaints import Language, Text


def environment(*, package: str, folder: str) -> Environment:
    """Templates of ``package``/``folder``: autoescape on, unknown names are errors, ``say`` prints both languages."""
    templates = Environment(
        loader=PackageLoader(package, folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["say"] = lambda id_, en: both(Text(id_, en))
    templates.filters["both"] = both
    templates.filters["breakable"] = breakable
    return templates


def page(*, title: Text, body: Markup, language: Language, style: str = "") -> str:
    """Wrap ``body`` (already safe HTML) in a whole page that opens in ``language``; ``style`` is added to its style.

    The switch is two radio buttons before the content; CSS hides the language that is not chosen, on screen and on
    paper. The content security policy forbids every request, so nothing can leak from where the page is opened.
    """
    style = resources.files("jangkau.charts").joinpath("page.css").read_text(encoding="utf-8") + style
    shell = environment(package="jangkau.charts", folder="templates").get_template("page.html.j2")
    return shell.render(title=title.in_(language), style=Markup(style), body=body, language=language) + "\n"  # noqa: S704
