from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import mute_logger

from .common_case_template import PaydoxCaseTemplateCase


class TestCaseTemplate(PaydoxCaseTemplateCase):
    def test_builder_needs_no_other_right(self):
        template = self._create_template({}, {"kind": "milestone"})

        template.action_publish()

        self.assertEqual(template.state, "published")
        self.assertFalse(self.builder.has_group("paydox_edms.paydox_edms_group_manager"))
        self.assertTrue(self.manager.has_group("paydox_edms.paydox_edms_group_case_template"))

    def test_templates_are_read_by_all_and_changed_by_builders_only(self):
        template = self._create_template(
            {}, field_ids=[Command.create({"name": "Region"})], section_ids=[Command.create({"name": "First"})]
        )
        result = self.env.ref("paydox_edms.paydox_case_result_reached")
        for user in (self.author, self.clerk):
            seen = template.with_user(user)
            self.assertEqual(seen.step_ids.name, "Step 1")
            for change in (
                seen.action_publish,
                seen.action_new_revision,
                lambda seen=seen: seen.write({"goal": "x"}),
                lambda seen=seen: seen.step_ids.write({"name": "x"}),
                lambda seen=seen: seen.section_ids.unlink(),
                lambda seen=seen: seen.field_ids.write({"name": "x"}),
                lambda seen=seen: seen.copy(),
                lambda user=user: result.with_user(user).write({"is_reached": False}),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    change()

    def test_template_of_another_company_is_out_of_sight(self):
        other = self.env["res.company"].create({"name": "Other"})
        template = self._create_template({}, field_ids=[Command.create({"name": "Region"})])
        template.sudo().company_id = other

        template.invalidate_recordset()

        self.assertFalse(template.search([("id", "=", template.id)]))
        for parts in (template.sudo().step_ids, template.sudo().field_ids):
            self.assertFalse(parts.with_user(self.builder).search([("id", "in", parts.ids)]))

    def test_published_template_cannot_be_edited(self):
        template = self._create_template(
            {}, field_ids=[Command.create({"name": "Region"})], section_ids=[Command.create({"name": "First"})]
        )
        draft = self._create_template({}, code="D")
        template.action_publish()
        step = template.step_ids
        for change in (
            lambda: step.write({"kind": "call"}),
            lambda: step.write({"user_ids": [(4, self.chief.id)]}),
            step.unlink,
            lambda: step.create({"template_id": template.id, "name": "More"}),
            lambda: draft.step_ids.write({"template_id": template.id}),
            lambda: template.write({"step_ids": [(5,)]}),
            lambda: template.write({"goal": "Another"}),
            lambda: template.write({"property_definition": []}),
            lambda: template.write({"state": "draft"}),
            lambda: template.write({"previous_id": draft.id}),
            lambda: template.field_ids.write({"name": "Area"}),
            template.field_ids.unlink,
            lambda: template.section_ids.write({"name": "Second"}),
            lambda: template.create({"name": "Forged", "code": "F", "state": "published"}),
        ):
            with self.assertRaises(UserError):
                change()
        self.assertEqual((template.state, step.exists().kind), ("published", "instruction"))

    def test_code_serves_one_template_in_a_company(self):
        self._create_template({}, publish=True)
        twin = self._create_template({}, name="Twin")

        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            twin.action_publish()
            self.env.flush_all()
        twin.invalidate_recordset()
        twin.code = "ORD2"
        twin.action_publish()

        self.assertEqual(twin.state, "published")

    def test_code_and_pattern_are_checked_when_saved(self):
        for vals in (
            {"code": "a b"},
            {"code": "{seq}"},
            {"number_pattern": "{code}"},
            {"number_pattern": "{code}{seq}"},
            {"number_pattern": "{kind}-{seq}"},
            {"number_pattern": "{code.__class__}-{seq}"},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self._create_template({}, **vals)

    def test_number_looks_like_its_pattern(self):
        template = self._create_template({}, number_pattern="{code}-{yy}/{seq:03}")

        self.assertRegex(template.number_example, r"^ORD-\d\d/001$")

    def test_term_is_never_negative(self):
        for vals, step in (({"term_value": -1}, {}), ({}, {"term_value": -1}), ({}, {"duration": -1})):
            with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self._create_template(step, **vals)
                self.env.flush_all()

    def test_template_is_only_for_records_that_have_cases(self):
        with self.assertRaises(ValidationError):
            self._create_template({}, res_model="res.users")

    def test_parts_of_another_template_are_refused(self):
        other = self._create_template(
            {},
            code="OTHER",
            section_ids=[Command.create({"name": "Theirs"})],
            field_ids=[Command.create({"name": "Theirs"})],
        )
        step = self._create_template({}).step_ids
        for vals in (
            {"section_id": other.section_ids.id},
            {"predecessor_ids": [Command.set(other.step_ids.ids)]},
            {"predecessor_section_ids": [Command.set(other.section_ids.ids)]},
            {"required_field_ids": [Command.set(other.field_ids.ids)]},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError), self.env.cr.savepoint():
                step.write(vals)


class TestCaseTemplateForm(PaydoxCaseTemplateCase):
    """The data form."""

    def test_data_form_is_made_of_its_rows_in_their_order(self):
        template = self._create_template(
            {},
            field_ids=[
                Command.create({"name": "Region", "type": "selection", "options": "North\n South \n", "sequence": 2}),
                Command.create({"name": "<b>Weight</b>", "type": "float", "default_value": "2,5", "sequence": 1}),
                Command.create({"name": "Carrier", "type": "partner", "sequence": 3}),
                Command.create({"name": "Urgent", "type": "boolean", "default_value": "Да", "sequence": 4}),
            ],
        )

        definition = template.property_definition

        self.assertEqual([item["string"] for item in definition], ["<b>Weight</b>", "Region", "Carrier", "Urgent"])
        self.assertEqual((definition[0]["default"], definition[3]["default"]), (2.5, True))
        self.assertEqual(definition[1]["selection"], [["North", "North"], ["South", "South"]])
        self.assertEqual((definition[2]["type"], definition[2]["comodel"]), ("many2one", "res.partner"))

        template.field_ids.filtered(lambda row: row.type == "float").sequence = 10
        self.assertEqual(template.property_definition[-1]["string"], "<b>Weight</b>")

    def test_definition_is_written_by_the_rows_only(self):
        template = self._create_template({}, field_ids=[Command.create({"name": "Region"})])
        forged = [{"name": "x", "type": "many2one", "comodel": "res.users", "string": "x"}]

        with self.assertRaises(UserError):
            template.property_definition = forged
        with self.assertRaises(UserError):
            self._create_template({}, code="F", property_definition=forged)

        self.assertEqual(template.property_definition[0]["string"], "Region")

    def test_wrong_fields_are_refused_in_words(self):
        for vals in (
            {"type": "selection"},
            {"type": "selection", "options": "North\nNorth"},
            {"type": "selection", "options": "North", "default_value": "South"},
            {"type": "integer", "default_value": "many"},
            {"type": "float", "default_value": "nan"},
            {"type": "date", "default_value": "31.12.2026"},
            {"type": "datetime", "default_value": "soon"},
            {"type": "boolean", "default_value": "perhaps"},
            {"type": "partner", "default_value": "1"},
            {"property_name": "__class__"},
            {"property_name": "a'b"},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self._create_template({}, field_ids=[Command.create({"name": "Field"} | vals)])

    def test_type_of_a_field_with_data_stays(self):
        first = self._create_template({}, field_ids=[Command.create({"name": "Region"})], publish=True)
        second = self._revise(first)

        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            second.field_ids.type = "integer"
        name = first.field_ids.property_name
        second.field_ids.unlink()
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            second.field_ids.create(
                {"template_id": second.id, "name": "Disguised", "type": "date", "property_name": name}
            )
        second.action_publish()
        self.assertEqual(first.property_definition[0]["string"], "Region")
        self.assertFalse(second.property_definition)

    def test_type_of_a_field_of_a_first_draft_can_be_changed(self):
        template = self._create_template({}, field_ids=[Command.create({"name": "Region"})])

        template.field_ids.type = "integer"

        self.assertEqual(template.property_definition[0]["type"], "integer")

    def test_required_data_of_a_step_are_told_by_technical_name(self):
        template = self._create_template({}, field_ids=[Command.create({"name": "Region"})])
        row = template.field_ids

        template.step_ids.required_field_ids = row
        self.assertEqual(template.step_ids.required_fields, [row.property_name])

        row.unlink()
        self.assertFalse(template.step_ids.required_fields)

    def test_form_is_read_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        row = Command.create(
            {"name": "Region", "type": "selection", "options": "North\nSouth", "property_name": "region"}
        )
        template = self._create_template({}, field_ids=[row])
        russian = template.field_ids.with_context(lang="ru_RU")
        russian.write({"name": "Регион", "options": "Север\nЮг"})
        self.assertEqual(template.property_definition[0]["string"], "Region")
        self.assertEqual(template.property_definition[0]["selection"], [["North", "North"], ["South", "South"]])
        russian.default_value = "Юг"
        template.action_publish()

        action = template.with_user(self.author).action_start(vals={"name": "Case"})
        case = self.env["paydox.case"].with_user(self.author).browse(action["res_id"])
        english = case.read(["properties"])[0]["properties"][0]
        read = case.with_context(lang="ru_RU").read(["properties"])[0]["properties"][0]

        self.assertEqual((english["string"], english["value"]), ("Region", "South"))
        self.assertEqual((read["string"], read["value"]), ("Регион", "South"))
        self.assertEqual(read["selection"], [["North", "Север"], ["South", "Юг"]])
        self.assertEqual(case.read(["properties"])[0]["properties"][0]["string"], "Region", "The definition stays.")
