from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import PaydoxCrmCase


@tagged("post_install", "-at_install")
class TestPartnerStaff(PaydoxCrmCase):
    """Our own companies, departments, positions and employees are found where the counterparties are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.legal = cls.env["hr.department"].create({"name": "Staff legal department"})
        cls.claims = cls.env["hr.department"].create({"name": "Staff claims", "parent_id": cls.legal.id})
        cls.job = cls.env["hr.job"].create({"name": "Head of staff law", "department_id": cls.legal.id})
        cls.lawyer = new_test_user(cls.env, "crm_lawyer", groups="base.group_user", name="Staff Orlova")
        cls.head = cls.env["hr.employee"].create(
            {"name": "Staff Orlova", "user_id": cls.lawyer.id, "job_id": cls.job.id, "department_id": cls.legal.id}
        )
        # Nobody but the personnel department knows him by his card: he has no login.
        cls.guard = cls.env["hr.employee"].create(
            {"name": "Staff Sidorov", "job_title": "Staff guard", "department_id": cls.claims.id}
        )
        cls.Partner = cls.env["res.partner"].with_user(cls.employee)

    def _found(self, *domain):
        return self.Partner.search(list(domain))

    def test_employees_are_found_by_position_and_department(self):
        head, guard = self.head.work_contact_id, self.guard.work_contact_id
        self.assertEqual(self._found(("staff_position", "ilike", "of staff law")), head)
        self.assertEqual(self._found(("staff_position", "ilike", "Staff guard")), guard)
        self.assertEqual(self._found(("staff_department_id", "child_of", self.legal.ids)), head | guard)
        self.assertEqual(self._found(("staff_department_id", "ilike", "Staff claims")), guard)
        self.assertEqual(head.with_user(self.employee).staff_position, "Head of staff law")
        self.assertEqual(guard.with_user(self.employee).staff_department_id, self.claims)
        stranger = self._create_partner().with_user(self.employee)
        self.assertFalse(stranger.staff_position or stranger.staff_department_id)

    def test_dismissed_employee_is_not_found_by_his_former_position(self):
        contact = self.head.work_contact_id
        self.head.active = False
        self.assertFalse(self._found(("staff_position", "ilike", "of staff law")))
        self.assertFalse(contact.with_user(self.employee).staff_position)
        self.assertEqual(self._found(("id", "=", contact.id)), contact, "His name stays in the directory.")

    def test_our_companies_are_found(self):
        own = self.env.company.partner_id
        self.assertIn(own, self._found(("is_own_company", "=", True)))
        self.assertNotIn(self._create_partner(), self._found(("is_own_company", "=", True)))
        self.assertNotIn(own, self._found(("is_own_company", "=", False)))
        self.assertTrue(own.with_user(self.employee).is_own_company)

    def test_addressee_and_responsible_person_are_found_by_their_position(self):
        def names(model, text, **context):
            found = self.env[model].with_user(self.employee).with_context(**context).name_search(text, limit=8)
            return {id_ for id_, __ in found}

        head = self.head.work_contact_id
        self.assertIn(head.id, names("res.partner", "head of staff law"))
        self.assertIn(self.guard.work_contact_id.id, names("res.partner", "staff claims"))
        self.assertEqual(names("res.users", "Head of staff law"), {self.lawyer.id})
        self.assertFalse(names("res.users", "Staff guard"), "who has no login is responsible for nothing")
        self.assertNotIn(head.id, names("res.partner", "head of staff law", res_partner_search_mode="customer"))
        document = self._create_document(head, confidentiality="open")
        self.assertEqual(document.with_user(self.employee).partner_id, head)

    def test_person_of_that_name_comes_first_and_once(self):
        firm = self._create_partner(name="Head of staff law, a firm")
        found = self.Partner.name_search("Head of staff law")
        self.assertEqual([id_ for id_, __ in found], [firm.id, self.head.work_contact_id.id])
        self.assertEqual(len(self.Partner.name_search("Staff Orlova")), 1)
        self.assertEqual(len(self.Partner.name_search("Staff", limit=1)), 1)

    def test_domain_of_the_selector_holds_for_people_found_by_position(self):
        found = self.Partner.name_search("Head of staff law", [("is_company", "=", True)])
        self.assertFalse(found)

    def test_portal_user_does_not_learn_who_works_where(self):
        portal = new_test_user(self.env, "crm_staff_portal", groups="base.group_portal")
        partners = self.env["res.partner"].with_user(portal)
        self.assertFalse(partners.name_search("Head of staff law"))
        for domain in ([("staff_position", "ilike", "law")], [("staff_department_id", "=", self.legal.id)]):
            with self.subTest(domain=domain), self.assertRaises(AccessError):
                partners.search(domain)

    def test_employees_of_another_company_stay_unseen(self):
        company = self.env["res.company"].create({"name": "Staff elsewhere"})
        self.head.with_company(company).sudo().write(
            {"company_id": company.id, "department_id": False, "job_id": False}
        )
        self.head.sudo().job_title = "Staff secret position"
        # What colleagues see is a view of the database.
        self.env.flush_all()
        self.assertFalse(self._found(("staff_position", "=", "Staff secret position")))
        self.assertFalse(self.Partner.name_search("Staff secret position"))

    def test_who_does_not_work_here_has_no_department_here(self):
        partners = self.env["res.partner"].with_user(self.employee)
        outside = self.env["res.partner"].create({"name": "Outside"})
        without = partners.search([("staff_department_id", "=", False)])
        placed = partners.search([("staff_department_id", "!=", False)])
        self.assertIn(outside, without)
        self.assertNotIn(outside, placed)
        self.assertTrue(placed)
        self.assertFalse(without & placed)
        others = partners.search([("staff_department_id", "!=", placed[0].staff_department_id.id)])
        self.assertIn(outside, others)
        self.assertNotIn(placed[0], others)
