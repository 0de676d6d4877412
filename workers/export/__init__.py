"""Results as files: CSV for numbers, SVG for papers, HTML to read and to send, LaTeX to set. No torch, no Django."""

from workers.export.csv import to_csv
from workers.export.html import to_html
from workers.export.latex import to_latex
from workers.export.svg import to_svg

__all__ = ["to_csv", "to_html", "to_latex", "to_svg"]
