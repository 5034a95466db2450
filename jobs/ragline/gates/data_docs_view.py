"""Pages of Data Docs in which values of the data are text: Great Expectations writes what stands in a table's cell as HTML.

Only its own building blocks (``content_block_type``) are HTML; a bare string is a value.
"""

from html import escape
from typing import Any

from great_expectations.render.view import DefaultJinjaPageView
from jinja2 import pass_context


class EscapingPageView(DefaultJinjaPageView):  # type: ignore[misc]  # GX has no types
    """Great Expectations' page, with bare strings escaped. It is named in ``data_docs.py``."""

    @pass_context
    def render_content_block(
        self,
        jinja_context: Any,
        content_block: Any,
        index: Any = None,
        content_block_id: Any = None,
        render_to_markdown: bool = False,
    ) -> Any:
        """A block as HTML, or a value as text."""
        if isinstance(content_block, str):
            return escape(content_block)
        if isinstance(content_block, list):
            content_block = [escape(part) if isinstance(part, str) else part for part in content_block]
        return super().render_content_block(
            jinja_context, content_block, index, content_block_id=content_block_id, render_to_markdown=render_to_markdown
        )
