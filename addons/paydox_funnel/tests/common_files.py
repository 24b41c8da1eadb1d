import base64
import io
from collections import Counter

import lxml.html
import openpyxl


class FunnelFilesMixin:
    """Compares the funnel with the files that are made of it."""

    def assertFilesAgree(self, env, scope):
        """The numbers of the funnel that this user sees are those of his XLSX and of his PDF."""
        funnel = env["paydox.funnel"]
        data = funnel.get_funnel(scope)
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(funnel.export_xlsx(scope)["content"])))
        rows = {row[0]: row for row in book["Funnel"].iter_rows(max_col=8, values_only=True)}
        deals = Counter(row[4] for row in book["Deals"].iter_rows(2, values_only=True))
        page = lxml.html.fromstring(funnel._render_pdf_html(data, scope, None, None))
        texts = [element.text for element in page.iter("text")]
        for layer in data["layers"]:
            self.assertEqual((rows[layer["name"]][1], rows[layer["name"]][3]), (layer["count"], layer["reached"]))
            self.assertEqual(deals[layer["name"]], layer["count"])
            start = texts.index(layer["name"])
            self.assertIn(f"{layer['reached']} reached", texts[start : start + 3])
            self.assertIn(str(layer["count"]), texts[start : start + 5])
        self.assertEqual(sum(deals.values()), data["cohort"])
