"""The one exception of this part."""


class FileRefused(Exception):
    """A file that is not taken; `str(error)` says what is wrong and what to do."""
