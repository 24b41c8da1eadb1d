from odoo.fields import Command

from .common_case_template import PaydoxCaseTemplateCase


class TestCaseTemplatePublish(PaydoxCaseTemplateCase):
    def _chosen(self, step, *predecessors, **vals):
        ids = [item.id for item in predecessors]
        step.write({"start_rule": "chosen", "predecessor_ids": [Command.set(ids)]} | vals)

    # === ORDER === #

    def test_template_without_steps(self):
        self.assertProblem(self._create_template(), "no step")

    def test_circle_is_named_step_by_step(self):
        template = self._create_template({}, {}, {}, {})
        first, second, third, fourth = template.step_ids
        self._chosen(second, first, fourth)

        self.assertProblem(template, "Step 2 → Step 3 → Step 4 → Step 2")

        self._chosen(second, first)
        template.action_publish()
        self.assertEqual(fourth.predecessor_ids, third)

    def test_step_after_itself(self):
        template = self._create_template({})
        self._chosen(template.step_ids, template.step_ids)

        self.assertProblem(template, "Step 1 → Step 1")

    def test_step_after_its_own_section(self):
        template = self._create_template({}, section_ids=[Command.create({"name": "Start"})])
        section = template.section_ids
        template.step_ids.section_id = section
        self._chosen(template.step_ids, predecessor_section_ids=[Command.set(section.ids)])

        self.assertProblem(template, "Step 1 → Step 1")

    def test_step_after_an_empty_section(self):
        template = self._create_template({}, {}, {}, section_ids=[Command.create({"name": "Start"})])
        __, second, third = template.step_ids
        self._chosen(second, predecessor_section_ids=[Command.set(template.section_ids.ids)])

        self.assertProblem(template, "Step 2")
        self.assertIn("Start", template.problems)
        self.assertIn(f"“{third.name}”: it can never start", template.problems)

    def test_chosen_without_a_choice(self):
        self.assertProblem(self._create_template({}, {"start_rule": "chosen"}), "none is chosen")

    def test_any_of_sections(self):
        template = self._create_template({}, {}, section_ids=[Command.create({"name": "Start"})])
        first, second = template.step_ids
        first.section_id = template.section_ids
        section = [Command.set(template.section_ids.ids)]
        self._chosen(second, first, predecessor_section_ids=section, predecessor_rule="any")

        self.assertProblem(template, "is for single steps")

    def test_term_from_a_step_that_is_not_there(self):
        self.assertProblem(self._create_template({"term_value": 2, "term_from": "predecessor"}), "nothing is before it")

    def test_publication_writes_down_the_order(self):
        template = self._create_template({}, {}, {}, {}, section_ids=[Command.create({"name": "Start"})])
        first, second, third, fourth = template.step_ids
        (first | second).section_id = template.section_ids
        second.start_rule = "begin"
        self._chosen(fourth, third, predecessor_section_ids=[Command.set(template.section_ids.ids)])

        template.action_publish()

        self.assertFalse(first.predecessor_ids | second.predecessor_ids)
        self.assertEqual(third.predecessor_ids, second)
        self.assertEqual(fourth.predecessor_ids, first | second | third)

    def test_problems_follow_the_form_before_it_is_saved(self):
        template = self._create_template()
        self.assertIn("no step", template.problems)

        unsaved = template.new({"step_ids": [Command.create({"name": "Call", "kind": "event"})]}, origin=template)

        self.assertIn("“Call”: it waits for an event", unsaved.problems)
        self.assertIn("Call", unsaved.picture)

    # === PEOPLE === #

    def test_nobody_named(self):
        self.assertProblem(self._create_template({"responsible_kind": "users"}), "Step 1”: it does not say who does it")
        self.assertProblem(self._create_template({"responsible_kind": "group"}), "Choose a group")

    def test_archived_person(self):
        template = self._create_template({"users": self.chief})
        self.assertFalse(template.problems)

        self.chief.active = False
        template.invalidate_recordset()

        self.assertProblem(template, "Step 1”: Chief is archived")

    def test_person_of_another_company(self):
        template = self._create_template({"users": self.chief})
        company = self.env["res.company"].create({"name": "Second"})
        self.builder.company_ids += company
        template.company_id = company

        self.assertProblem(template, "Chief has no access to Second")

    def test_empty_group(self):
        group = self.env["res.groups"].create({"name": "Nobody here"})
        template = self._create_template({"responsible_kind": "group", "group_id": group.id})
        self.assertProblem(template, "Nobody here")

        self.chief.group_ids += group
        template.action_publish()

    def test_department_without_a_head(self):
        department = self.env["hr.department"].create({"name": "Workshop"})
        step = {"responsible_kind": "department_head", "department_id": department.id}

        self.assertProblem(self._create_template(step), "Workshop")

    def test_field_of_no_subject(self):
        step = {"responsible_kind": "field", "responsible_field": "responsible_id"}
        template = self._create_template(step)
        self.assertProblem(template, "what its cases are about")

        template.res_model = "paydox.document"
        self.assertFalse(template.problems)
        template.step_ids.responsible_field = "no_such_field"
        self.assertProblem(template, "the field that names who does it is not there")

    def test_event_of_an_addon_that_is_gone(self):
        self.assertProblem(self._create_template({"kind": "event", "event_name": "gone.away"}), "is not there any more")

    def test_archived_controller_and_owner(self):
        step = {"controller_kind": "user"}
        self.assertProblem(self._create_template(step), "who controls it")
        template = self._create_template(step | {"controller_id": self.chief.id}, owner_id=self.director.id)
        (self.chief | self.director).active = False
        template.invalidate_recordset()

        self.assertProblem(template, "Chief is archived. Name another controller.")
        self.assertIn("Director is archived", template.problems)

    # === WHAT IS MADE === #

    def test_what_a_kind_needs(self):
        for kind, text in (
            ("mail", "no template of it"),
            ("document", "of which kind"),
            ("route", "has no route"),
            ("event", "waits for an event"),
            ("case", "starts a case"),
        ):
            with self.subTest(kind=kind):
                self.assertProblem(self._create_template({"kind": kind}), text)

    def test_mail_template_for_other_records(self):
        model = self.env["ir.model"]._get_id("res.users")
        mail = self.env["mail.template"].create({"name": "Greeting", "model_id": model})
        template = self._create_template({"kind": "mail", "mail_template_id": mail.id})
        self.assertProblem(template, "Greeting")

        mail.model_id = self.env["ir.model"]._get_id("res.partner")
        template.action_publish()

    def test_document_of_a_kind_that_cannot_be_approved(self):
        template = self._create_template({"kind": "document", "document_kind_id": self.kind.id})
        self.assertProblem(template, "go by no route")

        self.kind.route_id = self._create_route({"users": self.director})
        template.action_publish()

    def test_archived_kind(self):
        template = self._create_template({"kind": "document", "document_kind_id": self.kind.id, "wait_state": "draft"})
        self.kind.active = False
        template.invalidate_recordset()

        self.assertProblem(template, "is archived")

    def test_route_that_is_not_published_or_has_nothing_to_go_by_it(self):
        route = self._create_route({"users": self.director}, publish=False)
        template = self._create_template({"kind": "route", "route_id": route.id})
        self.assertProblem(template, "not in use")

        route.action_publish()
        template.invalidate_recordset()
        self.assertProblem(template, "nothing in the case could go by the route")

        template.res_model = "paydox.document"
        template.action_publish()

    def test_case_inside_that_leads_back(self):
        outer = self._create_template({}, publish=True)
        middle = self._create_template({"kind": "case", "sub_template_id": outer.id}, code="MID", publish=True)
        inner = self._create_template({"kind": "case", "sub_template_id": middle.id}, code="IN", publish=True)
        revision = self._revise(outer)
        revision.step_ids.write({"kind": "case", "sub_template_id": inner.id})

        self.assertProblem(revision, "leads back")

        revision.step_ids.sub_template_id = revision
        self.assertProblem(revision, "not in use")

    def test_condition_on_a_subject_that_is_not_said(self):
        template = self._create_template({"subject_condition": "[('amount', '>', 5)]"})
        self.assertProblem(template, "condition on the subject")

        template.res_model = "paydox.document"
        template.action_publish()

    def test_condition_on_the_subject_that_is_malformed(self):
        for condition in ("[('no_such_field', '=', 1)]", "amount > 5", "[('amount', '>')]", "__import__('os')"):
            template = self._create_template({"subject_condition": condition}, res_model="paydox.document")
            with self.subTest(condition=condition):
                self.assertProblem(template, "its condition cannot be used")

    def test_condition_that_is_never_met(self):
        template = self._create_template({"subject_condition": "[(0, '=', 1)]"}, res_model="paydox.document")

        self.assertProblem(template, "never met")
