"""Writes the text of a PDF, read from the standard input, to the standard output, pages divided by a form feed.

Run as a program of its own: a hostile PDF unpacks to gigabytes or never ends, and then the limits below end this process
and not the server. What was written until then is kept by the caller.
"""

import io
import logging
import resource
import sys

MAX_MEMORY = 1024 * 1024 * 1024


class _Output(io.TextIOBase):
    """Passes on what the converter writes, and ends the program when it is enough."""

    def __init__(self, characters):
        super().__init__()
        self.left = characters

    def write(self, text):  # pylint: disable=method-required-super
        sys.stdout.buffer.write(text[: self.left].encode("utf-8", "replace"))
        self.left -= len(text)
        if self.left <= 0:
            sys.stdout.buffer.flush()
            sys.exit()
        return len(text)


def main(seconds, characters):
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    from pdfminer.converter import TextConverter  # noqa: PLC0415  within the limits
    from pdfminer.layout import LAParams  # noqa: PLC0415
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager  # noqa: PLC0415
    from pdfminer.pdfpage import PDFPage  # noqa: PLC0415

    logging.disable(logging.CRITICAL)
    manager = PDFResourceManager()
    device = TextConverter(manager, _Output(characters), laparams=LAParams())
    interpreter = PDFPageInterpreter(manager, device)
    for page in PDFPage.get_pages(io.BytesIO(sys.stdin.buffer.read())):
        interpreter.process_page(page)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
