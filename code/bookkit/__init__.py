"""What builds the book: the notebook refresh, the Sphinx extension and the page's own files.

Nothing in here is needed to read a chapter or to use the package ``backprop``.
"""

__all__: list[str] = []
