from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import PaydoxCrmCase


@tagged("post_install", "-at_install")
class TestDuplicates(PaydoxCrmCase):
    """Who is there already is found in any spelling, told without leaking, and hinders nobody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.russia = cls.env.ref("base.ru")
        cls.Partner = cls.env["res.partner"].with_user(cls.manager)
        cls.known = cls.Partner.create(
            {
                "name": "ООО «Ёлка Семицвет»",
                "is_company": True,
                "country_id": cls.russia.id,
                "vat": "7707083893",
                "kpp": "773601001",
                "phone": "+7 (495) 123-45-67",
                "email": "Office@Semitsvet.example",
            }
        )

    def _create(self, **values):
        return self.Partner.create({"name": "Zzz Qqq", "is_company": True, "country_id": self.russia.id} | values)

    def _reasons(self, partner, **options):
        return {match["partner_id"]: match["reasons"] for match in partner._find_duplicates(**options)[partner.id]}

    def assertLike(self, reasons, **values):
        partner = self._create(**values)
        self.assertEqual(self._reasons(partner).get(self.known.id, []), reasons, values)

    def test_every_spelling_is_recognised_with_its_reason(self):
        self.assertLike(["p"], phone="84951234567")
        self.assertLike(["p"], fax="8 495 123 45 67 доб. 12")
        self.assertLike(["p"], phone="8 (499) 000-00-00, 495 123-45-67")
        self.assertLike(["e"], email="Petrov <OFFICE@semitsvet.example>")
        self.assertLike(["t"], vat="77 07083893")
        self.assertLike(["t"], vat="7707083893", kpp="773601001")
        self.assertLike(["n"], name="Семицвет Елка ООО")
        self.assertLike(["n"], name="Elka Semitsvet LLC")
        self.assertLike(["s"], name="Елка Семицвeтик")
        self.assertLike([], vat="7707083893", kpp="540601001")
        self.assertLike([], name="ООО Василёк", phone="112", email="nobody", vat="/")

    def test_branches_are_no_duplicates_for_the_card_either(self):
        branch = self._create(vat="7707083893", kpp="540601001")
        self.assertFalse(branch.same_vat_partner_id)
        self.assertFalse(branch.duplicate_hint)
        branch.kpp = False
        self.assertEqual(branch.same_vat_partner_id, self.known)
        self.assertTrue(branch.duplicate_hint)

    def test_romanian_number_is_one_with_and_without_its_prefix(self):
        romania = self.env.ref("base.ro").id
        one = self._create(vat="RO14399840", country_id=romania)
        other = self._create(vat="14399840", name="Yyy", country_id=romania)
        self.assertEqual(self._reasons(other), {one.id: ["t"]})

    def test_own_people_are_no_duplicates_and_those_of_others_lead_to_them(self):
        person = self.Partner.create({"name": "Petrov", "parent_id": self.known.id, "phone": "84951234567"})
        self.assertEqual(self._reasons(self.known), {})
        self.assertEqual(self._reasons(person), {})
        stranger = self._create(phone="+74951234567")
        self.assertEqual(set(self._reasons(stranger)), {self.known.id, person.id})

    def test_card_hints_while_typing_and_saves(self):
        with Form(self.Partner) as form:
            form.name = "Елка семицвет"
            [row] = form.duplicate_hint
            self.assertEqual((row["id"], row["reasons"]), (self.known.id, ["the same name"]))
        quick = self.Partner.browse(self.Partner.name_create("Elka Semitsvet")[0])
        self.assertIn(self.known.id, [row["id"] for row in quick.duplicate_hint])

    def test_archived_one_is_found_and_said_to_be_archived(self):
        self.known.active = False
        [row] = self._create(phone="84951234567").duplicate_hint
        self.assertTrue(row["archived"])
        self.assertEqual(row["id"], self.known.id)

    def test_hidden_one_is_told_without_a_word_about_it(self):
        self.known.sudo().write(
            {
                "company_id": self.env["res.company"].create({"name": "Other Company"}).id,
                "user_id": self.accountant.id,
            }
        )
        self.env.invalidate_all()
        partner = self._create(phone="84951234567", name="Елка Семицветик")

        [row] = partner.duplicate_hint

        self.assertEqual(row["id"], 0)
        self.assertEqual(row["ask"], self.accountant.name)
        self.assertEqual(row["reasons"], ["the same phone"])
        self.assertFalse(row["name"] or row["details"])
        # Who enters nobody has nothing to ask about.
        self.assertFalse(partner.with_user(self.employee).duplicate_hint)
        # A similar name is told to nobody who may not read it: it could be guessed letter by letter.
        self.assertFalse(
            self.Partner._describe_duplicates([{"partner_id": self.known.id, "reasons": ["s"], "score": 0.9}])
        )

    def test_portal_user_learns_nothing(self):
        portal = self.env["res.users"].with_context(no_reset_password=True).create(
            {"name": "P", "login": "dup_portal", "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
             "phone": "84951234567"}
        )  # fmt: skip
        partner = portal.partner_id.with_user(portal)
        self.assertFalse(partner.duplicate_hint)
        with self.assertRaises(AccessError):
            partner.match_keys  # noqa: B018

    def test_one_who_says_that_they_are_two_is_believed(self):
        partner = self._create(phone="84951234567")
        with self.assertRaisesRegex(ValidationError, "Say why"):
            partner.action_note_distinct(self.known.id, " ")
        partner.action_note_distinct(self.known.id, "A namesake next door")

        self.env.invalidate_all()
        self.assertFalse(partner.duplicate_hint)
        self.assertFalse(self.known.duplicate_hint)
        note = self.env["paydox.partner.distinct"].with_user(self.manager).search([("partner_id", "=", partner.id)])
        self.assertEqual((note.reason, note.create_uid), ("A namesake next door", self.manager))
        with self.assertRaises(AccessError):
            note.reason = "Nonsense"
        with self.assertRaises(AccessError):
            partner.with_user(self.employee).action_note_distinct(self.known.id, "No")
        for hostile in (None, 0, -1, "x", [], 10**12):
            with self.subTest(hostile=hostile), self.assertRaises(UserError):
                partner.action_note_distinct(hostile, "No")

    def test_report_lists_groups_without_branches_and_hidden_ones(self):
        other = self._create(phone="84951234567", name="Report One")
        self._create(vat="7707083893", kpp="540601001", name="Report Branch")
        Report = self.env["paydox.partner.duplicate"].with_user(self.manager)

        rows = Report.search([("group_name", "=", "74951234567")])
        self.assertEqual(rows.partner_id, self.known | other)
        self.assertEqual(set(rows.mapped("group_size")), {2})
        self.assertFalse(Report.search([("group_name", "=", "7707083893")]))
        with self.assertRaises(AccessError):
            Report.with_user(self.employee).search([])

        other.action_note_distinct(self.known.id, "Two")
        self.env.invalidate_all()
        self.assertFalse(Report.search([("group_name", "=", "74951234567")]))

        third = self._create(phone="84951234567", name="Report Three")
        self.known.sudo().company_id = self.env["res.company"].create({"name": "Other Company"})
        self.env.invalidate_all()
        self.assertEqual(Report.search([("group_name", "=", "74951234567")]).partner_id, other | third)

    def test_import_tells_afterwards_and_asks_nothing(self):
        rows = [[f"Import {number}", "8495123456" + str(number)] for number in (7, 8, 9)]
        result = self.Partner.load(["name", "phone"], rows)

        self.assertEqual(len(result["ids"]), 3)
        message = self.env["mail.message"].search(
            [("partner_ids", "in", self.manager.partner_id.ids), ("subject", "ilike", "duplicates")], limit=1
        )
        self.assertIn("1 of the 3", message.body)
        self.assertIn("/odoo/possible-duplicates", message.body)

    def test_search_is_set_based(self):
        partners = self.Partner.create(
            [{"name": f"Batch {number}", "phone": f"+7495000{number:04d}"} for number in range(50)]
        )
        copies = self.Partner.create(
            [{"name": f"Twin {number}", "phone": f"8 495 000 {number:04d}"} for number in range(50)]
        )
        self.env.flush_all()
        with self.assertQueryCount(5):
            found = partners._find_duplicates()
        self.assertEqual([found[partner.id][0]["partner_id"] for partner in partners], copies.ids)

    def test_without_trigrams_similar_names_are_found_as_well(self):
        partner = self._create(name="Елка Семицвет Плюс")
        self.patch(self.env.registry, "has_trigram", False)
        self.assertEqual(self._reasons(partner), {self.known.id: ["s"]})
