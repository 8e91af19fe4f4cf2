"""Template loader that folds constants: what is the same in all renderings is rendered once for each language.

Most of a page is text, translations of literals and addresses of static files. Django renders each of them anew for
each request, which takes half of the time of a room's page.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.template import Context, Engine, Template, TemplateDoesNotExist
from django.template.base import FilterExpression, Node, NodeList, TextNode, TokenType, Variable
from django.template.defaulttags import CommentNode, IfNode, LoadNode
from django.template.loader_tags import IncludeNode
from django.template.loaders import cached
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.templatetags.static import StaticNode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language


class Loader(cached.Loader):
    """Caches templates, folded. Its options are the loaders that find them."""

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        is_new = self.cache_key(template_name, skip) not in self.get_template_cache
        template = super().get_template(template_name, skip)
        if is_new:
            fold(template.nodelist, self.engine)
        return template


class Folded(Node):
    """Constant nodes that follow each other: their text, for each language in which they were rendered."""

    def __init__(self, nodes: list[Node]) -> None:
        self._nodes = nodes
        self._texts: dict[tuple[str | None, bool], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        key = get_language(), context.autoescape
        if key not in self._texts:
            text = "".join(str(node.render_annotated(context)) for node in self._nodes)
            self._texts[key] = mark_safe(text)  # noqa: S308  # the nodes escaped it
        return self._texts[key]


def fold(nodes: NodeList, engine: Engine) -> None:
    """Replace the constants in ``nodes``, and in what is nested in them, in place."""
    for node in nodes:
        for nested in _nested(node):
            fold(nested, engine)
    folded: list[Node] = []
    for is_constant, group in groupby(nodes, lambda node: _is_constant(node, engine)):
        run = list(group)
        texts = [node.s for node in run if type(node) is TextNode]
        if len(texts) == len(run):
            folded.append(TextNode("".join(texts)))
        else:
            folded += [Folded(run)] if is_constant else run
    nodes[:] = folded


def _nested(node: Node) -> list[NodeList]:
    if isinstance(node, IfNode):  # which makes the list of all its branches anew each time
        return [nested for _condition, nested in node.conditions_nodelists]
    named = (getattr(node, str(name), None) for name in node.child_nodelists)
    return [nested for nested in named if isinstance(nested, NodeList)]


def _is_constant(node: Node, engine: Engine) -> bool:
    """Whether ``node`` says the same, in one language, whatever the context."""
    match node:
        case TextNode() | Folded() | LoadNode() | CommentNode():
            return True
        case TranslateNode():
            return node.asvar is None and _is_literal(node.filter_expression) and _is_literal(node.message_context)
        case BlockTranslateNode():
            tokens = [*node.singular, *(node.plural or ())]
            is_plain = all(token.token_type == TokenType.TEXT for token in tokens)
            return is_plain and not (node.extra_context or node.asvar or node.counter or node.message_context)
        case StaticNode():
            return node.varname is None and _is_literal(node.path)
        case IncludeNode():
            return _includes_constant(node, engine)
    return False


def _is_literal(expression: FilterExpression | None) -> bool:
    """Whether ``expression`` is a text in quotation marks, or there is none."""
    if expression is None:
        return True
    is_text = expression.var.literal is not None if isinstance(expression.var, Variable) else True
    return is_text and not expression.filters


def _includes_constant(node: IncludeNode, engine: Engine) -> bool:
    if node.extra_context or node.isolated_context or not _is_literal(node.template):
        return False
    try:
        included = engine.get_template(node.template.resolve(Context()))
    except TemplateDoesNotExist:  # which it says when it is rendered
        return False
    return all(_is_constant(part, engine) for part in included.nodelist)
