"""Template tags (``{% load office %}``): a block said twice, and an icon, a digest."""

import re
from typing import Any

from django import template
from django.template.context import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString

register = template.Library()

_DIGEST = re.compile(r"[0-9a-f]{64}|[A-Za-z0-9_-]{43}")
_ICONS = "portcullis/look/img/icons.svg"


@register.simple_tag(takes_context=True)
def again(context: Context, name: str) -> SafeString:
    """Return the text of the block ``name`` once more: the heading is the window's title too.

    Empty where the page has no such block. Markup is left out.
    """
    blocks: Any = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block(name) if blocks is not None else None
    if block is None:
        return SafeString("")
    # What the block wrote is escaped already.
    return SafeString(" ".join(strip_tags(block.nodelist.render(context)).split()))


@register.filter
def is_digest(value: object) -> bool:
    """Say whether a value is a digest or a key's name: set in monospace, for the eye to compare."""
    return bool(_DIGEST.fullmatch(str(value)))


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """Return the icon ``name`` as an ornament: the words beside it say what it means."""
    return format_html(
        '<svg class="usa-icon {}" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        css,
        static(_ICONS),
        name,
    )
