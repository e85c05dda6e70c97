"""A draft as a Word document: the Markdown that `drafts` writes, block by block."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph
    from markdown_it.token import Token

__all__ = ["docx_of"]


def docx_of(markdown: str) -> bytes:
    """Return Markdown (headings, paragraphs, lists, tables, bold) as DOCX, on pages that lie across."""
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm, Pt
    from markdown_it import MarkdownIt

    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(2)
    section.footer.paragraphs[0].text = "Draft for a lawyer, not legal advice"
    document.styles["Normal"].font.size = Pt(9.5)
    document.core_properties.author = "Ytterby"
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    _write(tokens, document)
    sink = io.BytesIO()
    document.save(sink)
    return sink.getvalue()


def _write(tokens: Sequence[Token], document: Document) -> None:
    rows: list[list[Token]] = []
    for k, token in enumerate(tokens):
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "table_close":
            _table(rows, document)
            rows = []
        elif token.type == "inline":
            opener = tokens[k - 1]
            if opener.type in ("th_open", "td_open"):
                rows[-1].append(token)
            elif opener.type == "heading_open":
                _runs(token, document.add_heading(level=int(opener.tag[1:])))
            else:
                _runs(token, document.add_paragraph(style="List Bullet" if opener.level else None))


def _table(rows: Sequence[Sequence[Token]], document: Document) -> None:
    headless = not any(cell.content for cell in rows[0])
    shown = rows[1:] if headless else rows
    table = document.add_table(len(shown), len(shown[0]), style="Table Grid")
    for cells, row in zip(table.rows, shown, strict=True):
        for cell, told in zip(cells.cells, row, strict=True):
            _runs(told, cell.paragraphs[0])
    for cell in table.columns[0].cells if headless else table.rows[0].cells:
        for run in cell.paragraphs[0].runs:
            run.bold = True
    document.add_paragraph()


def _runs(inline: Token, paragraph: Paragraph) -> None:
    bold = False
    for child in inline.children or ():
        if child.type in ("strong_open", "strong_close"):
            bold = child.type == "strong_open"
        elif child.type in ("softbreak", "hardbreak"):
            paragraph.add_run(" ")
        elif child.content:
            paragraph.add_run(child.content).bold = bold
