from odoo.exceptions import UserError
from odoo.fields import Command

from .common_case_template import PaydoxCaseTemplateCase


class TestCaseTemplateRevision(PaydoxCaseTemplateCase):
    def _create_full(self):
        template = self._create_template(
            {},
            {},
            {},
            section_ids=[Command.create({"name": "Start"}), Command.create({"name": "End"})],
            field_ids=[Command.create({"name": "Region"})],
        )
        first, second, third = template.step_ids
        first.section_id = template.section_ids[0]
        second.required_field_ids = template.field_ids
        third.write(
            {
                "section_id": template.section_ids[1].id,
                "start_rule": "chosen",
                "predecessor_ids": [Command.set(second.ids)],
                "predecessor_section_ids": [Command.set(template.section_ids[0].ids)],
            }
        )
        template.action_publish()
        return template

    def test_next_revision_serves_after_it_is_published(self):
        first = self._create_template({}, publish=True)
        second = self._revise(first)
        self.assertEqual(self._revise(first), second, "One draft, however often the button is pressed.")
        second.step_ids.name = "Changed"
        self.assertEqual((first.state, first.step_ids.name), ("published", "Step 1"))

        second.action_publish()

        self.assertEqual((first.state, second.state, second.revision), ("outdated", "published", 2))
        self.assertEqual(first._get_current(), second)
        with self.assertRaises(UserError):
            first.action_new_revision()

    def test_revision_and_copy_keep_who_follows_whom(self):
        template = self._create_full()
        for copied, code in ((self._revise(template), "ORD"), (template.copy(), "ORD-copy")):
            with self.subTest(code=code):
                first, second, third = copied.step_ids
                self.assertEqual((copied.state, copied.code), ("draft", code))
                self.assertEqual(copied.step_ids.mapped("code"), template.step_ids.mapped("code"))
                self.assertEqual(first.section_id, copied.section_ids[0])
                self.assertEqual(second.required_field_ids, copied.field_ids)
                self.assertEqual(second.required_fields, template.field_ids.mapped("property_name"))
                self.assertEqual(third.predecessor_section_ids, copied.section_ids[0])
                self.assertFalse(copied.problems)

    def test_translations_follow_into_the_next_revision(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        template = self._create_template({})
        template.with_context(lang="ru_RU").name = "Заказ"
        template.step_ids.with_context(lang="ru_RU").name = "Шаг"
        template.action_publish()

        revision = self._revise(template).with_context(lang="ru_RU")

        self.assertEqual((revision.name, revision.step_ids.name), ("Заказ", "Шаг"))

    def test_used_template_is_not_deleted(self):
        first = self._create_template({}, publish=True)
        second = self._revise(first)
        with self.assertRaises(UserError):
            first.unlink()
        second.unlink()
        self._create_template({"kind": "case", "sub_template_id": first.id}, code="OUT")

        with self.assertRaises(UserError):
            first.unlink()

    def test_running_cases_keep_their_revision_and_its_form(self):
        first = self._create_template({"name": "Old way"}, field_ids=[Command.create({"name": "Region"})], publish=True)
        name = first.field_ids.property_name
        first.with_user(self.author).action_start(vals={"name": "A", "properties": {name: "North"}})
        second = self._revise(first)
        second.step_ids.name = "New way"
        second.field_ids.unlink()

        second.action_publish()
        second.with_user(self.author).action_start(vals={"name": "B"})

        case_a = first.sudo().case_ids
        case_b = second.sudo().case_ids
        self.assertEqual((case_a.name, case_a.template_revision, case_a.step_ids.name), ("A", 1, "Old way"))
        self.assertEqual((case_b.name, case_b.template_revision, case_b.step_ids.name), ("B", 2, "New way"))
        self.assertEqual(dict(case_a.properties), {name: "North"})
        for template in (second, first):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                template.unlink()

    def test_draft_that_starts_a_case_follows_its_next_revision(self):
        inner = self._create_template({}, code="IN", publish=True)
        outer = self._create_template({"kind": "case", "sub_template_id": inner.id})
        fixed = self._create_template({"kind": "case", "sub_template_id": inner.id}, code="FIX", publish=True)
        revision = self._revise(inner)

        revision.action_publish()

        self.assertEqual(outer.step_ids.sub_template_id, revision)
        self.assertEqual(fixed.step_ids.sub_template_id, inner)


class TestCaseTemplatePicture(PaydoxCaseTemplateCase):
    def test_texts_of_people_are_escaped(self):
        nasty = "<script>alert(1)</script>"
        template = self._create_template({"name": nasty}, {}, section_ids=[Command.create({"name": nasty})])
        template.step_ids.section_id = template.section_ids

        self.assertNotIn("<script", template.picture)
        self.assertIn("&lt;script&gt;", template.picture)
        template.step_ids[0].kind = "event"
        self.assertNotIn("<script", template.problems)

    def test_each_step_says_what_is_before_it_without_colours(self):
        template = self._create_template({}, {"is_manual": True, "is_required": False, "kind": "call"})

        self.assertIn("After: 1", template.picture.replace("<!-- -->", ""))
        self.assertIn("Started by hand", template.picture)
        self.assertIn("optional", template.picture)

    def test_draft_with_a_circle_is_drawn(self):
        template = self._create_template({}, {})
        template.step_ids[0].write({"start_rule": "chosen", "predecessor_ids": [Command.set(template.step_ids[1].ids)]})

        self.assertIn("o_paydox_case_back", template.picture)

    def test_thousand_steps_are_checked_and_published(self):
        template = self._create_template(*[{}] * 1000)

        self.assertFalse(template.problems)
        self.assertLess(len(template.picture), 600_000)
        template.action_publish()

        self.assertEqual(template.state, "published")

    def test_list_and_form_cost_the_same_for_any_number_of_steps(self):
        counts = []
        for number in (3, 3, 30):
            template = self._create_template(*[{"users": self.chief}] * number, code=f"N{number}")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            template.read(["problems", "picture"])
            template.step_ids.read(["start_summary", "responsible_summary", "term_summary"])
            counts.append(self.env.cr.sql_log_count - before)
        # the first time fills the caches of the server
        self.assertEqual(counts[1], counts[2])
        self.assertLess(counts[1], 30)
