"""What is wrong with the files that the user gave."""


class Problem(Exception):
    """A whole sentence: file, array, what was expected, what was found."""
