"""A workbook that prints well and takes texts as texts, written row by row in constant memory. No ORM."""

import xlsxwriter

from .funnel_picture import COLORS

MAX_CELL_CHARS = 32_767


class PrintedWorkbook:
    """The file, its formats and its cells.

    :param file: path or binary file to write to
    :param labels: dict of the titles used in the file, in the user's language
    """

    def __init__(self, file, labels):
        self.labels = labels
        self.book = xlsxwriter.Workbook(
            file,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "remove_timezone": True,
            },
        )
        add = self.book.add_format
        self.formats = {
            "title": add({"bold": True, "font_size": 16}),
            "head": add({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"}),
            "label": add({"font_color": COLORS["muted"]}),
            "text": add({}),
            "bold": add({"bold": True}),
            "bad": add({"bold": True, "font_color": COLORS["bad"]}),
            "helper": add({"font_color": "#adb5bd"}),
            "count": add({"num_format": "#,##0"}),
            "amount": add({"num_format": "#,##0.00"}),
            "share": add({"num_format": "0.0%"}),
            "days": add({"num_format": "0.0"}),
            "money": add({"num_format": f'#,##0.00 "{labels["currency"]}"', "align": "left"}),
            # What stands among words begins where they begin.
            "sum_count": add({"num_format": "#,##0", "align": "left"}),
            "sum_share": add({"num_format": "0.0%", "align": "left"}),
            "sum_days": add({"num_format": "0.0", "align": "left"}),
            # Excel's own formats: each reader sees dates as in his country.
            "day": add({"num_format": 14}),
            "moment": add({"num_format": 22}),
        }

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_value, traceback):
        self.book.close()

    # === SHEETS ===#

    def _add_sheet(self, name, head=None):
        """A sheet that prints on A4, as wide as the paper, with the row ``head`` on each page."""
        sheet = self.book.add_worksheet(name)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&R&P / &N")
        if head is not None:
            sheet.repeat_rows(head)
        return sheet

    # === CELLS ===#

    def _sum(self, sheet, row, column, value, kind):
        if kind == "text":
            self._text(sheet, row, column, value)
        else:
            self._number(sheet, row, column, value, kind if kind == "money" else f"sum_{kind}")

    def _text(self, sheet, row, column, value, name="text"):
        # Always a string cell: a text that begins with "=", "+", "-" or "@" is no formula.
        text = "" if value in (None, False) else str(value)
        sheet.write_string(row, column, text[:MAX_CELL_CHARS], self.formats[name])

    def _number(self, sheet, row, column, value, name):
        if value is None or value is False:
            sheet.write_blank(row, column, None, self.formats[name])
        else:
            sheet.write_number(row, column, value, self.formats[name])
