from datetime import date
from itertools import product
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo.fields import Domain
from odoo.tests import tagged

from odoo.addons.paydox_edms.models import paydox_document_search as search
from odoo.addons.paydox_edms.models import paydox_document_search_newest as newest

from .common import PaydoxEdmsCase

# Where the page is found: among the last documents, by months, by years, among all, and without any of these ways.
SIZES = {
    "last": {"LOOKED_AT": 20, "NEWEST": ()},
    "frequent": {"LOOKED_AT": 2, "FREQUENT": 1, "LOOKED_AT_IF_FREQUENT": 30, "NEWEST": ()},
    "months": {"LOOKED_AT": 1, "FREQUENT": 99, "RARE": 0, "NEWEST": (6, 12)},
    "years": {"LOOKED_AT": 1, "FREQUENT": 99, "RARE": 0, "NEWEST": (30,)},
    "few": {"LOOKED_AT": 1_000, "NEWEST": ()},
    "many": {"FEW_MATCHES": 1, "LOOKED_AT": 1_000, "NEWEST": ()},
    "all": {"FEW_MATCHES": 1, "MANY_MATCHES": 1, "LOOKED_AT": 1, "NEWEST": (6,)},
}


@tagged("post_install", "-at_install")
class TestSearchNewest(PaydoxEdmsCase):
    """A page of results is the same wherever it is found: what one list without end begins with."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Document = cls.env["paydox.document"].with_user(cls.stranger)
        today = date(2026, 11, 29)
        cls.env["paydox.document"].with_user(cls.author).create(
            [
                {
                    "name": f"Cinnamon {'roll' if number % 3 else 'pepper'} N{number:04}",
                    "kind_id": cls.kind.id,
                    "date": today - relativedelta(months=number, days=number % 2),
                    "confidentiality": "secret" if number % 4 == 1 else "open",
                }
                for number in range(48)
            ]
        )
        cls.env["paydox.document"].with_user(cls.author).create(
            {
                "name": "Cinnamon of a far day",
                "kind_id": cls.kind.id,
                "date": date(2099, 1, 1),
                "confidentiality": "open",
            }
        )

    def _page(self, domain, sizes, **options):
        values = {name: sizes.get(name, getattr(newest, name)) for name in ("FEW_MATCHES", "MANY_MATCHES", *sizes)}
        with patch.multiple(newest, **values), patch.object(search, "FEW_MATCHES", values["FEW_MATCHES"]):
            return self.Document.search(domain, **options).ids

    def test_pages_are_those_of_the_whole_list(self):
        text = Domain("search_text", "ilike", "cinnamon")
        for domain in (
            text,
            Domain("search_text", "ilike", "cinnamon pep"),
            Domain("search_text", "ilike", "n00"),
            text & Domain("search_text", "ilike", "roll") & Domain("date", "<", "2026-01-01"),
            text & Domain("search_text", "not ilike", "pepper"),
            Domain("search_text", "ilike", "pepper") | Domain("name", "ilike", "n0007"),
            ~Domain("search_text", "ilike", "roll") & Domain("name", "ilike", "cinnamon"),
            text & Domain("search_archived", "ilike", "pepper"),
            Domain("search_text", "ilike", "nowhere"),
        ):
            # Without a limit none of the ways is taken.
            expected = self.Document.search(domain).ids
            for (name, sizes), (offset, limit) in product(SIZES.items(), ((0, 5), (3, 7), (30, 10))):
                with self.subTest(domain=domain, sizes=name, offset=offset):
                    self.assertEqual(
                        self._page(domain, sizes, offset=offset, limit=limit), expected[offset : offset + limit]
                    )
        self.assertEqual(
            len(self.Document.search(text)), 37, "what is secret is not counted, or the test tests nothing"
        )

    def test_another_order_is_kept(self):
        text = Domain("search_text", "ilike", "cinnamon")
        expected = self.Document.search(text, order="name").ids

        for name, sizes in SIZES.items():
            with self.subTest(sizes=name):
                self.assertEqual(self._page(text, sizes, order="name", limit=5), expected[:5])

    def test_a_document_of_another_day_is_found_by_its_months(self):
        document = self.Document.search([("search_text", "ilike", "n0040")])
        document.with_user(self.author).date = date(2026, 11, 30)

        found = self._page([("search_text", "ilike", "cinnamon")], SIZES["months"], limit=2)

        self.assertEqual(found[1], document.id)

    def test_words_of_months_are_found_by_nobody(self):
        for query in ("2026-11", "§2026-11", "§2026", '"§2026"'):
            with self.subTest(query=query):
                self.assertFalse(self.Document.search([("search_text", "ilike", query)]))
