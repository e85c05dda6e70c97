"""XML read element by element: nothing is expanded, nothing is fetched, and what was handled is forgotten.

A document that declares a DTD or an entity is refused. Elements go by their local names: files with and without
namespace prefixes read alike.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces

import defusedxml.sax
from defusedxml.common import DefusedXmlException

from ytterby.errors import InputError

__all__ = ["Node", "walk"]

_DEEPEST = 1000


@dataclass
class Node:
    """An element: its local name, attributes, text, children that are kept, and the line where it starts."""

    name: str
    attributes: dict[str, str]
    line: int
    children: list[Node] = field(default_factory=list)
    text: str = ""
    data: Any = None

    def first(self, *path: str) -> Node | None:
        """Return the first element on a path of names below this one."""
        node: Node | None = self
        for name in path:
            node = next((child for child in node.children if child.name == name), None) if node else None
        return node

    def all(self, name: str) -> Iterator[Node]:
        """Yield the children of a name."""
        return (child for child in self.children if child.name == name)

    def below(self, name: str) -> Iterator[Node]:
        """Yield all elements of a name below this one, in order."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.below(name)

    def said(self, *path: str) -> str:
        """Return the text of the first element on a path, without blanks at its ends; empty if there is none."""
        node = self.first(*path)
        return node.text.strip() if node else ""

    def get(self, *names: str) -> str:
        """Return the first of these attributes that says something."""
        return next((text for name in names if (text := self.attributes.get(name, "").strip())), "")


Done = Callable[[Node, list[Node]], None]
"""Is called with a finished element and the open ones around it, outermost first."""


def walk(path: Path, done: Done, forget: Collection[str]) -> None:
    """Call `done` for every element of an XML file when it ends.

    Parameters
    ----------
    path
        The file.
    done
        Called with the element and those around it.
    forget
        Names of elements that are dropped from their parents once they are done, so that a file of any size is read in
        little memory.

    Raises
    ------
    InputError
        If the file is no well-formed XML, or declares a DTD or an entity.
    """
    parser = defusedxml.sax.make_parser()
    parser.forbid_dtd = True
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(_Handler(done, frozenset(forget)))
    try:
        with path.open("rb") as file:
            parser.parse(file)
    except DefusedXmlException as error:
        raise InputError(
            "the XML declares a DTD or entities and is not read", where=str(path), hint="remove its <!DOCTYPE …>"
        ) from error
    except (LookupError, ValueError) as error:  # an encoding that nobody knows
        raise InputError(f"no well-formed XML: {error}", where=str(path)) from error
    except SAXParseException as error:
        raise InputError(
            f"no well-formed XML: {error.getMessage()}", where=f"{path}, line {error.getLineNumber()}"
        ) from error


class _Handler(ContentHandler):
    def __init__(self, done: Done, forget: frozenset[str]) -> None:
        super().__init__()
        self._done = done
        self._forget = forget
        self._open: list[Node] = []
        self._locator: Any = None

    def setDocumentLocator(self, locator: Any) -> None:  # noqa: N802 -- the name of SAX
        self._locator = locator

    def startElementNS(self, name: tuple[str | None, str], qname: Any, attrs: Any) -> None:  # noqa: ARG002, N802
        if len(self._open) >= _DEEPEST:
            raise SAXParseException(f"elements lie more than {_DEEPEST} deep", None, self._locator)
        attributes = {key[1]: value for key, value in attrs.items()}
        self._open.append(Node(name[1], attributes, self._locator.getLineNumber()))

    def endElementNS(self, name: tuple[str | None, str], qname: Any) -> None:  # noqa: ARG002, N802
        node = self._open.pop()
        self._done(node, self._open)
        if self._open and node.name not in self._forget:
            self._open[-1].children.append(node)

    def characters(self, content: str) -> None:
        if self._open:
            self._open[-1].text += content
