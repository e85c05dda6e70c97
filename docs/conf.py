"""Sphinx configuration."""

import ytterby

project = "Ytterby"
author = "The Ytterby developers"
copyright = "The Ytterby developers"
release = version = ytterby.__version__
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
]
exclude_patterns = ["_build"]
html_theme = "pydata_sphinx_theme"
html_static_path = ["_static"]
html_theme_options = {"navigation_with_keys": False, "secondary_sidebar_items": ["page-toc"]}
myst_enable_extensions = ["dollarmath", "amsmath", "deflist", "colon_fence"]
myst_heading_anchors = 3
autodoc_typehints = "description"
napoleon_google_docstring = False
suppress_warnings = ["autosummary"]
