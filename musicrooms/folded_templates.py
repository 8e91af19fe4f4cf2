"""Template loader that folds constants: what is the same in all renderings is rendered as the template is read.

Most of a page is text, translations of literals and addresses of static files. Django renders each of them anew for
each request, and looks for each included template: two fifths of what the rendering of a room's page takes.
"""

from __future__ import annotations

from contextvars import ContextVar
from html import escape
from itertools import groupby
from typing import Any

from django.template import Context, Engine, Template, TemplateDoesNotExist
from django.template.base import (
    FilterExpression,
    Node,
    NodeList,
    TextNode,
    TokenType,
    Variable,
    VariableNode,
    render_value_in_context,
)
from django.template.defaulttags import (
    CommentNode,
    CsrfTokenNode,
    FirstOfNode,
    ForNode,
    IfNode,
    LoadNode,
    URLNode,
    WithNode,
)
from django.template.library import InclusionNode, SimpleNode
from django.template.loader_tags import IncludeNode
from django.template.loaders import base, cached
from django.templatetags.i18n import BlockTranslateNode, LanguageNode, TranslateNode
from django.templatetags.static import StaticNode
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from rooms.templatetags.fixed_parts import FixedPart

_loading: ContextVar[frozenset[str]] = ContextVar("loading", default=frozenset())
"""Names of the templates that are being folded: one that includes itself is not folded into itself."""


class Folding(base.Loader):
    """Folds the templates that it loads, for the active language."""

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        template = super().get_template(template_name, skip)
        loaded = _loading.set(_loading.get() | {template_name})
        try:
            fold(template.nodelist, self.engine)
        finally:
            _loading.reset(loaded)
        return template


class Loader(cached.Loader, Folding):
    """Caches folded templates, for each language in which they are asked for. Its options are the loaders of files."""

    def cache_key(self, template_name: str, skip: Any = None) -> str:
        return f"{get_language()} {super().cache_key(template_name, skip)}"


def fold(nodes: NodeList, engine: Engine) -> None:
    """Replace the constants in ``nodes``, and in what is nested in them, by their text in the active language."""
    nodes[:] = [_quick(part) for node in nodes for part in _inlined(node, engine)]
    for node in nodes:
        for nested in _nested(node):
            fold(nested, engine)
    folded: list[Node] = []
    context = Context()
    context.template = Template("", engine=engine)  # whose engine says what is shown of what is not there
    for is_constant, run in groupby(nodes, _is_constant):
        if is_constant:
            folded.append(TextNode(NodeList(run).render(context)))
        else:
            folded += run
    nodes[:] = folded


def _inlined(node: Node, engine: Engine) -> list[Node]:
    """``node``, or what it includes, if that does nothing which only an inclusion keeps apart."""
    if not isinstance(node, IncludeNode) or node.isolated_context:
        return [node]
    name = node.template.resolve(Context()) if _is_literal(node.template) else ""
    if not name or name.startswith(".") or name in _loading.get():
        return [node]
    try:
        included = engine.get_template(name)
    except TemplateDoesNotExist:  # which it says when it is rendered
        return [node]
    if not _leaves_no_trace(included.nodelist):
        return [node]
    if node.extra_context:
        return [_at(node, WithNode(None, None, included.nodelist, node.extra_context))]
    return list(included.nodelist)


class TextVariable(VariableNode):
    """A variable that is a text in most renderings, which is neither localised nor asked what else it may be."""

    def render(self, context: Context) -> str:
        value = self.filter_expression.resolve(context)
        if type(value) is str and context.autoescape:
            return SafeString(escape(value))
        return render_value_in_context(value, context)


def _quick(node: Node) -> Node:
    return _at(node, TextVariable(node.filter_expression)) if type(node) is VariableNode else node


def _at(node: Node, substitute: Node) -> Node:
    """``substitute``, whose errors name the place of ``node``."""
    substitute.token, substitute.origin = node.token, node.origin
    return substitute


_TRACELESS = (
    *(TextNode, VariableNode, TextVariable, FirstOfNode, IfNode, ForNode, WithNode, CsrfTokenNode, URLNode),
    *(BlockTranslateNode, IncludeNode, InclusionNode, SimpleNode, FixedPart),
)
"""Nodes whose rendering sets no variable, unless they are told to. A tag that is one function might set some in the
context that it takes; none of those in use does.
"""


def _leaves_no_trace(nodes: NodeList) -> bool:
    """Whether none of ``nodes``, folded, sets a variable that what follows would see, or is a block to be replaced."""
    return all(
        type(node) in _TRACELESS
        and getattr(node, "asvar", None) is None
        and getattr(node, "target_var", None) is None
        and all(_leaves_no_trace(nested) for nested in _nested(node))
        for node in nodes
    )


def _nested(node: Node) -> list[NodeList]:
    if isinstance(node, LanguageNode):  # in which another language is active
        return []
    if isinstance(node, IfNode):  # which makes the list of all its branches anew each time
        return [nested for _condition, nested in node.conditions_nodelists]
    named = (getattr(node, str(name), None) for name in node.child_nodelists)
    return [nested for nested in named if isinstance(nested, NodeList)]


def _is_constant(node: Node) -> bool:
    """Whether ``node`` says the same, in one language, whatever the context."""
    match node:
        case TextNode() | LoadNode() | CommentNode():
            return True
        case TranslateNode():
            return node.asvar is None and _is_literal(node.filter_expression) and _is_literal(node.message_context)
        case BlockTranslateNode():
            tokens = [*node.singular, *(node.plural or ())]
            is_plain = all(token.token_type == TokenType.TEXT for token in tokens)
            return is_plain and not (node.extra_context or node.asvar or node.counter or node.message_context)
        case StaticNode():
            return node.varname is None and _is_literal(node.path)
    return False


def _is_literal(expression: FilterExpression | None) -> bool:
    """Whether ``expression`` is a text in quotation marks, or there is none."""
    if expression is None:
        return True
    is_text = expression.var.literal is not None if isinstance(expression.var, Variable) else True
    return is_text and not expression.filters
