"""The funnel as an Excel workbook, written row by row in constant memory. No ORM."""

from datetime import date

from .funnel_picture import COLORS
from .funnel_workbook import PrintedWorkbook

# Excel holds 1,048,576 rows in a sheet; the rest goes on in a further one.
MAX_SHEET_ROWS = 1_000_000
CHART_COLUMN = 11


class FunnelWorkbook(PrintedWorkbook):
    """Writes the sheets of a funnel export."""

    # === SHEETS ===#

    def write_funnel(self, data, facts, sums):
        """Write the sheet with the numbers of the layers and their chart.

        :param facts: list of (label, text) printed above the table
        :param sums: list of (label, [(value, kind), …]) after them, as `_get_export_sums` returns it
        """
        labels = self.labels
        sheet = self._add_sheet(labels["funnel"])
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 8, 14)
        self._text(sheet, 0, 0, labels["title"], "title")
        row = 1
        for label, value in facts:
            self._text(sheet, row, 0, label, "label")
            self._text(sheet, row, 1, value)
            row += 1
        for label, values in sums:
            self._text(sheet, row, 0, label, "label")
            for column, (value, kind) in enumerate(values, start=1):
                self._sum(sheet, row, column, value, kind)
            row += 1
        row += 1
        is_cohort = data["mode"] == "cohort"
        columns = self._get_columns(is_cohort)
        sheet.set_row(row, 32)
        for column, (key, _format) in enumerate(columns):
            self._text(sheet, row, column, labels[key], "head")
        for column, label in enumerate(("spacer", "reached", "count", "reached")):
            self._text(sheet, row, CHART_COLUMN + column, labels[label], "helper")
        first = row + 1
        for row, layer in enumerate(data["layers"], start=first):
            self._write_layer(sheet, row, layer, columns, labels)
            self._write_chart_data(sheet, row, layer, data, is_cohort)
        if data["layers"]:
            self._insert_chart(sheet, first, row, is_cohort)

    def write_breakdown(self, data, title):
        """Write the sheet with one line per status and key of the breakdown."""
        labels = self.labels
        sheet = self._add_sheet(labels["breakdown"], head=0)
        sheet.set_column(0, 1, 34)
        sheet.set_column(2, 3, 16)
        for column, text in enumerate((labels["name"], title, labels["count"], labels["amount"])):
            self._text(sheet, 0, column, text, "head")
        sheet.freeze_panes(1, 0)
        row = 1
        for layer in data["layers"]:
            for item in layer["breakdown"]:
                self._text(sheet, row, 0, layer["name"])
                self._text(sheet, row, 1, item["name"])
                self._number(sheet, row, 2, item["count"], "count")
                self._number(sheet, row, 3, item["amount"], "amount")
                row += 1

    def write_comparison(self, sides):
        """Write the sheet with the funnels side by side: a block of columns for each, and a chart of all."""
        labels = self.labels
        sheet = self._add_sheet(labels["comparison"])
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1 + 6 * max(1, len(sides)), 13)
        if not sides:
            return
        is_cohort = sides[0]["funnel"]["mode"] == "cohort"
        columns = self._get_columns(is_cohort)[1:]
        # From the top down: what was written is out of memory.
        for position, side in enumerate(sides):
            self._text(sheet, 0, 1 + position * len(columns), side["name"], "bold")
        self._write_sums(sheet, [side["funnel"] for side in sides], len(columns))
        self._text(sheet, 5, 0, labels["name"], "head")
        for position, _side in enumerate(sides):
            for offset, (key, _format) in enumerate(columns):
                self._text(sheet, 5, 1 + position * len(columns) + offset, labels[key], "head")
        sheet.freeze_panes(6, 1)
        layers = [side["funnel"]["layers"] for side in sides]
        for row, same in enumerate(zip(*layers, strict=True), start=6):
            self._text(sheet, row, 0, same[0]["name"], "bold")
            for position, layer in enumerate(same):
                for offset, (key, name) in enumerate(columns):
                    self._number(sheet, row, 1 + position * len(columns) + offset, layer[key], name)
        last = 5 + len(layers[0])
        if layers[0]:
            key = [key for key, _format in columns].index("reached" if is_cohort else "count")
            self._insert_bars(
                sheet,
                labels["comparison"],
                [(5 + 1, last, 1 + position * len(columns) + key) for position in range(len(sides))],
                [[sheet.get_name(), 0, 1 + position * len(columns)] for position in range(len(sides))],
                last + 2,
            )

    def _write_sums(self, sheet, funnels, width):
        """The sums of each side, a row for each."""
        for row, (label, name) in enumerate(
            (("cohort", "count"), ("won", "count"), ("lost", "count"), ("win_rate", "share")), start=1
        ):
            self._text(sheet, row, 0, self.labels[label], "label")
            for position, funnel in enumerate(funnels):
                value = {
                    "cohort": funnel["cohort"],
                    "won": funnel["won"]["count"],
                    "lost": funnel["lost"]["count"],
                    "win_rate": funnel["totals"]["win_rate"],
                }[label]
                self._number(sheet, row, 1 + position * width, value, name)

    def write_losses(self, data, losses):
        """Write the sheet with the reasons: how many deals, and how far they had come."""
        labels = self.labels
        sheet = self._add_sheet(labels["losses"], head=0)
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 3 + len(data["layers"]), 14)
        names = [labels["reason"], labels["lost"], labels["share"], labels["amount"]]
        for column, text in enumerate([*names, *(layer["name"] for layer in data["layers"])]):
            self._text(sheet, 0, column, text, "head")
        sheet.freeze_panes(1, 1)
        for row, loss in enumerate(losses, start=1):
            self._text(sheet, row, 0, loss["name"])
            for column, (value, name) in enumerate(
                ((loss["count"], "count"), (loss["share"], "share"), (loss["amount"], "amount")), start=1
            ):
                self._number(sheet, row, column, value, name)
            for column, layer in enumerate(loss["layers"], start=4):
                self._number(sheet, row, column, layer["count"], "count")
        self._insert_bars(
            sheet, labels["losses"], [(1, len(losses), 1)], [[sheet.get_name(), 0, 1]], len(losses) + 3, kind="bar"
        )

    def write_trend(self, trend):
        """Write the sheet with one line for each day, week or month of creation."""
        labels = self.labels
        sheet = self._add_sheet(labels["trend"], head=0)
        sheet.set_column(0, 6, 16)
        columns = ("since", "until", "cohort", "won", "lost", "win_rate", "won_amount")
        for column, key in enumerate(columns):
            self._text(sheet, 0, column, labels[key], "head")
        sheet.freeze_panes(1, 0)
        for row, point in enumerate(trend, start=1):
            for column, key in enumerate(("date_from", "date_to")):
                sheet.write_datetime(row, column, date.fromisoformat(point[key]), self.formats["day"])
            for column, (key, name) in enumerate(
                (
                    ("created", "count"),
                    ("won", "count"),
                    ("lost", "count"),
                    ("win_rate", "share"),
                    ("won_amount", "amount"),
                ),
                start=2,
            ):
                self._number(sheet, row, column, point[key], name)
        self._insert_bars(
            sheet,
            labels["trend"],
            [(1, len(trend), column) for column in (2, 3, 4)],
            [[sheet.get_name(), 0, column] for column in (2, 3, 4)],
            len(trend) + 3,
        )

    def _insert_bars(self, sheet, title, values, names, row, kind="column"):
        """A native chart of columns of the sheet; the first column names the bars."""
        chart = self.book.add_chart({"type": kind})
        name = sheet.get_name()
        for (first, last, column), serie_name in zip(values, names, strict=True):
            chart.add_series(
                {
                    "name": serie_name,
                    "categories": [name, first, 0, last, 0],
                    "values": [name, first, column, last, column],
                }
            )
        chart.set_title({"name": title, "overlay": False})
        # Names also where they are days: a gap of time is no gap between the bars.
        chart.set_x_axis({"text_axis": True})
        if kind == "bar":
            chart.set_y_axis({"reverse": True})
            chart.set_legend({"none": True})
        else:
            chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 860, "height": 360})
        sheet.insert_chart(row, 0, chart, {"description": title})

    def write_deals(self, rows):
        """Write the deals, each a tuple of number, name, counterparty, type, status, amount,
        owner and moment of creation.
        """
        formats = ("count", "text", "text", "text", "text", "amount", "text", "moment")
        sheet, line, number = None, MAX_SHEET_ROWS, 0
        for values in rows:
            if line >= MAX_SHEET_ROWS:
                number += 1
                sheet, line = self._add_deals_sheet(number), 1
            for column, (value, name) in enumerate(zip(values, formats, strict=True)):
                if name == "text":
                    self._text(sheet, line, column, value)
                elif name == "moment":
                    sheet.write_datetime(line, column, value, self.formats[name])
                else:
                    self._number(sheet, line, column, value, name)
            line += 1
        if not number:
            self._add_deals_sheet(1)

    def _add_deals_sheet(self, number):
        labels = self.labels
        name = labels["deals"] if number == 1 else f"{labels['deals']} {number}"
        sheet = self._add_sheet(name, head=0)
        sheet.set_column(0, 0, 10)
        sheet.set_column(1, 2, 36)
        sheet.set_column(3, 7, 18)
        sheet.freeze_panes(1, 0)
        keys = ("deal_no", "deal", "partner", "type", "name", "amount", "owner", "created")
        for column, key in enumerate(keys):
            self._text(sheet, 0, column, labels[key], "head")
        return sheet

    # === LINES ===#

    def _get_columns(self, is_cohort):
        columns = [("name", "text"), ("count", "count"), ("amount", "amount")]
        if is_cohort:
            columns += [
                ("reached", "count"),
                ("stage_conversion", "share"),
                ("funnel_conversion", "share"),
                ("lost_here", "count"),
            ]
        return [*columns, ("median_days", "days")]

    def _write_layer(self, sheet, row, layer, columns, labels):
        is_bad = layer["bottleneck"]
        for column, (key, name) in enumerate(columns):
            if name == "text":
                self._text(sheet, row, column, layer[key], "bad" if is_bad else "bold")
            else:
                self._number(sheet, row, column, layer[key], name)
        if is_bad:
            self._text(sheet, row, len(columns), labels["bottleneck"], "bad")

    def _write_chart_data(self, sheet, row, layer, data, is_cohort):
        """Write the pieces of the symmetric bar: nothing, reached, now, reached."""
        key = "reached" if is_cohort else "count"
        biggest = max(max(other[key] or 0, other["count"]) for other in data["layers"])
        side = max(0, (layer[key] or 0) - layer["count"]) / 2
        spacer = biggest / 2 - side - layer["count"] / 2
        for column, value in enumerate((spacer, side, layer["count"], side)):
            self._number(sheet, row, CHART_COLUMN + column, value, "helper")

    def _insert_chart(self, sheet, first, last, is_cohort):
        chart = self.book.add_chart({"type": "bar", "subtype": "stacked"})
        name = sheet.get_name()
        fills = [{"none": True}, COLORS["reached"], COLORS["now"], COLORS["reached"]]
        for offset, fill in enumerate(fills):
            column = CHART_COLUMN + offset
            serie = {
                "name": [name, first - 1, column],
                "categories": [name, first, 0, last, 0],
                "values": [name, first, column, last, column],
                "fill": fill if isinstance(fill, dict) else {"color": fill},
                "gap": 40,
            }
            if offset == 2:
                serie["data_labels"] = {"value": True, "position": "center"}
            chart.add_series(serie)
        chart.set_title({"name": self.labels["title"], "overlay": False})
        chart.set_y_axis({"reverse": True, "line": {"none": True}})
        chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
        chart.set_legend({"position": "bottom", "delete_series": [0, 3] if is_cohort else [0, 1, 3]})
        chart.set_size({"width": 860, "height": max(320, min(1400, 40 * (last - first + 3)))})
        sheet.insert_chart(last + 2, 0, chart, {"description": self.labels["title"]})
