"""The exceptions of this part."""


class FileRefused(Exception):
    """A file that is not taken; `str(error)` says what is wrong and what to do."""


class FileTooBig(FileRefused):
    """Over the limit of what is asked, or of what one account may send in a day (413)."""
