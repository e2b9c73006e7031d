"""Workbooks as files: read with limits (package, markup, book, cells, read), written as a stream (write, stream, values), changed in place."""
