from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import PaydoxEdmsCase

OWN = [{"name": "rate", "type": "integer", "string": "Rate"}, {"name": "place", "type": "char", "string": "Place"}]


@tagged("post_install", "-at_install")
class TestFieldRights(PaydoxEdmsCase):
    """Fields that a kind keeps for some people: the amount and an own field, seen by the group of ``chief``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.finance = cls.env["res.groups"].create({"name": "Finance", "user_ids": [Command.link(cls.chief.id)]})
        cls.kind.with_user(cls.manager).property_definition = OWN
        cls.open_kind = cls._create_kind(property_definition=OWN)
        values = {"confidentiality": "open", "amount": 777, "properties": {"rate": 42, "place": "Cluj"}}
        cls.document = cls._create_document(name="Kept", **values)
        cls.other = cls._create_document(name="Free", **values | {"kind_id": cls.open_kind.id})
        cls._restrict(reader_group_ids=[Command.set(cls.finance.ids)])
        cls.env.flush_all()

    @classmethod
    def _restrict(cls, **vals):
        cls.kind.field_ids = False
        cls.kind.with_user(cls.manager).field_ids = [
            Command.create({"field_name": "amount"} | vals),
            Command.create({"property_name": "rate"} | vals),
        ]
        cls.env.invalidate_all()

    def _as(self, user):
        self.env.invalidate_all()
        return self.document.with_user(user)

    def _own(self, values):
        return {item["name"]: item.get("value") for item in values["properties"]}

    # reading

    def test_values_are_read_by_those_named_only(self):
        for user in (self.stranger, self.author, self.clerk, self.manager, self.admin):
            with self.subTest(user.login):
                values = self._as(user).read(["amount", "effective_amount", "properties"])[0]
                self.assertFalse(values["amount"] or values["effective_amount"])
                self.assertEqual(self._own(values), {"rate": False, "place": "Cluj"})
                values = self._as(user).web_read({"amount": {}, "properties": {}})[0]
                self.assertFalse(values["amount"])
                self.assertEqual(self._own(values), {"rate": False, "place": "Cluj"})
                values = self.other.with_user(user).read(["amount", "properties"])[0]
                self.assertEqual((values["amount"], self._own(values)["rate"]), (777, 42))
        values = self._as(self.chief).read(["amount", "effective_amount", "properties"])[0]
        self.assertEqual((values["amount"], values["effective_amount"], self._own(values)["rate"]), (777, 777, 42))

    def test_the_server_itself_works_with_the_values(self):
        self._as(self.stranger).search_read([("id", "=", self.document.id)], ["amount", "properties"])
        self.assertEqual(self.document.sudo().amount, 777)
        self.assertEqual(dict(self.document.sudo().properties)["rate"], 42)

    def test_department_sees(self):
        department = self.env["hr.department"].create({"name": "Finance"})
        self.env["hr.employee"].create({"name": "S", "user_id": self.stranger.id, "department_id": department.id})
        self._restrict(reader_department_ids=[Command.set(department.ids)])

        self.assertEqual(self._as(self.stranger).read(["amount"])[0]["amount"], 777)
        self.assertFalse(self._as(self.legal).read(["amount"])[0]["amount"])

    # search, order, sums

    def test_search_does_not_tell(self):
        both = self.document | self.other
        documents = self.env["paydox.document"]
        for domain in (
            [("amount", "=", 777)],
            [("amount", ">", 700)],
            [("amount", "in", [777, 1])],
            [("properties.rate", "=", 42)],
            [("properties.rate", ">", 40)],
            [("properties.rate", "in", [41, 42])],
            [("properties.rate", "ilike", "42")],
        ):
            with self.subTest(domain):
                domain = [*domain, ("id", "in", both.ids)]
                self.env.invalidate_all()
                self.assertEqual(documents.with_user(self.stranger).search(domain), self.other)
                self.env.invalidate_all()
                self.assertEqual(documents.with_user(self.chief).search(domain), both)
        for value in (777, 778):
            domain = [("amount", "!=", value), ("id", "=", self.document.id)]
            self.assertTrue(documents.with_user(self.stranger).search(domain), "whatever is asked, the answer is one")

    def test_search_through_other_models_does_not_tell(self):
        child = self._create_document(parent_id=self.document.id, confidentiality="open")
        version = self.document.add_version("a.pdf", b"%PDF-1.4 a")
        for model, path, record in (
            ("paydox.document", "parent_id.amount", child),
            ("paydox.document.version", "document_id.amount", version),
            ("paydox.document.version", "document_id.properties.rate", version),
        ):
            with self.subTest(path):
                value = 42 if path.endswith("rate") else 777
                self.assertFalse(self.env[model].with_user(self.stranger).search([(path, "=", value)]) & record)
                self.assertTrue(self.env[model].with_user(self.chief).search([(path, "=", value)]) & record)

    def test_order_does_not_tell(self):
        low = self._create_document(name="Low", confidentiality="open")
        low.sudo().amount = 1
        both = low | self.document
        domain = [("id", "in", both.ids)]
        documents = self.env["paydox.document"].with_user(self.stranger)
        self.env.flush_all()
        orders = {tuple(documents.search(domain, order=f"amount {way}, id").ids) for way in ("asc", "desc")}
        self.assertEqual(len(orders), 1)

    def test_sums_and_groups_do_not_tell(self):
        both = self.document | self.other
        domain = [("id", "in", both.ids)]
        documents = self.env["paydox.document"]
        self.env.flush_all()
        rows = documents.with_user(self.stranger).formatted_read_group(domain, [], ["amount:sum", "amount:max"])
        self.assertEqual((rows[0]["amount:sum"], rows[0]["amount:max"]), (777, 777))
        rows = documents.with_user(self.chief).formatted_read_group(domain, [], ["amount:sum"])
        self.assertEqual(rows[0]["amount:sum"], 1554)
        domain = [("id", "=", self.document.id)]
        rows = documents.with_user(self.stranger).formatted_read_group(domain, ["properties.rate"], ["__count"])
        self.assertEqual([row["properties.rate"] for row in rows], [False])
        rows = documents.with_user(self.stranger).formatted_read_group(domain, ["kind_id"], ["amount:array_agg"])
        self.assertFalse(any(rows[0]["amount:array_agg"]))

    # other ways out

    def test_export_is_refused_and_says_why(self):
        for user in self.stranger | self.chief:
            user.group_ids += self.env.ref("base.group_allow_export")
        for names in (["name", "amount"], ["effective_amount"], ["properties"]):
            with self.subTest(names), self.assertRaisesRegex(AccessError, "keeps for some people"):
                self._as(self.stranger).export_data(names)
        child = self._create_document(parent_id=self.document.id, confidentiality="open")
        with self.assertRaises(AccessError):
            child.with_user(self.stranger).export_data(["parent_id/amount"])
        self.assertEqual(self._as(self.stranger).export_data(["name"])["datas"], [["Kept"]])
        self.assertEqual(self._as(self.chief).export_data(["amount"])["datas"], [[777.0]])

    def test_log_tree_inbox_index_and_new_documents_do_not_tell(self):
        self.document.sudo().write({"amount": 888, "properties": {"rate": 43, "place": "Iasi"}})
        change = self.document.sudo().change_ids.filtered(lambda row: row.field_name == "amount")
        self.assertTrue(change)
        for user in (self.stranger, self.manager, self.admin):
            rows = self.env["paydox.document.change"].with_user(user).search([("document_id", "=", self.document.id)])
            self.assertFalse(set(rows.mapped("field_name")) & {"amount", "properties"})
            with self.assertRaises(AccessError):
                change.with_user(user).read(["new_value"])
        self.assertEqual(change.with_user(self.chief).new_value, "888.0")
        nodes = self._as(self.stranger).get_tree()["nodes"]
        self.assertFalse(nodes[0]["amount"])
        self.assertEqual(self._as(self.chief).get_tree()["nodes"][0]["amount"], 888)
        self.assertFalse(self._as(self.stranger)._get_inbox_facts()["record_amount"])
        self.assertNotIn("default_amount", self._as(self.stranger).action_new_child()["context"])
        self.assertFalse(self.env["paydox.document"].with_user(self.stranger).search_documents("888")["total"])
        parts = dict(self.document.sudo()._get_search_parts()[self.document.id])
        self.assertNotIn("amount", parts)
        self.assertNotIn("43", str(parts))
        self.assertFalse(self._as(self.stranger).control_warning and "888" in self.document.control_warning)

    def test_form_does_not_tell(self):
        point = {"name": "Pay", "kind": "payment", "date": "2001-01-01", "amount": 5}
        result = self._as(self.author).onchange(
            {"control_point_ids": [Command.create(point)]},
            ["control_point_ids"],
            {"control_point_ids": {"fields": {}}, "control_warning": {}, "amount": {}},
        )
        self.assertNotIn("777", str(result))
        result = (
            self._as(self.chief)
            .with_user(self.env.ref("base.user_admin"))
            .sudo()
            .onchange(
                {"control_point_ids": [Command.create(point)]},
                ["control_point_ids"],
                {"control_point_ids": {"fields": {}}, "control_warning": {}, "amount": {}},
            )
        )
        self.assertIn("777", str(result), "the form does tell it to the server")

    def test_agreement_does_not_tell_its_amount_through_the_contract(self):
        self.document.link_ids = [
            Command.create({"type": "amends", "target_id": self.other.id, "amount_effect": "add"})
        ]
        self.document.sudo().write({"state": "signed"})
        self.env.flush_all()
        self.env.invalidate_all()
        values = self.other.with_user(self.stranger).read(["amount", "effective_amount", "effective_text"])[0]
        self.assertEqual((values["amount"], values["effective_amount"]), (777, False))

    def test_tracking_does_not_tell(self):
        self.env.flush_all()
        field = self.env["ir.model.fields"]._get("paydox.document", "amount")
        message = self.document.message_post(body="changed")
        value = self.env["mail.tracking.value"].create(
            {"mail_message_id": message.id, "field_id": field.id, "old_value_float": 1, "new_value_float": 777}
        )
        self.assertFalse(value._filter_has_field_access(self.env(user=self.stranger)))
        self.assertFalse(value._filter_free_field_access())
        self.assertTrue(value._filter_has_field_access(self.env(user=self.chief)))

    # editing

    def test_values_are_edited_by_those_named_only(self):
        for user in (self.author, self.clerk):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    self._as(user).amount = 1
                with self.assertRaises(AccessError):
                    self._as(user).write({"amount": 0})
                with self.assertRaises(AccessError):
                    self._as(user).write({"properties": {"rate": 1, "place": "x"}})
                self._as(user).name = "Other"
        self.env["paydox.document.permission"].create(
            {"document_id": self.document.id, "user_id": self.chief.id, "level": "edit"}
        )
        self._as(self.chief).amount = 5
        self.assertEqual(self.document.sudo().amount, 5)

    def test_unseen_own_field_stays_when_the_form_sends_it_empty(self):
        sent = self._as(self.author).read(["properties"])[0]["properties"]
        for item in sent:
            if item["name"] == "place":
                item["value"] = "Iasi"

        for values in (sent, {"place": "Iasi"}, {"place": "Iasi", "rate": False}, [sent[1]]):
            self._as(self.author).write({"properties": values})
            self.assertEqual(dict(self.document.sudo().properties), {"rate": 42, "place": "Iasi"})

    def test_seen_by_all_edited_by_some(self):
        self._restrict(editor_group_ids=[Command.set(self.finance.ids)])

        self.assertEqual(self._as(self.author).read(["amount"])[0]["amount"], 777)
        self._as(self.author).write({"amount": 777, "properties": {"rate": 42, "place": "Iasi"}})
        with self.assertRaises(AccessError):
            self._as(self.author).amount = 778
        with self.assertRaises(AccessError):
            self._as(self.author).write({"properties": {"rate": 43}})
        with self.assertRaises(AccessError):
            self._create_document(amount=5)
        with self.assertRaises(AccessError):
            self._create_document(properties={"rate": 5})
        self.assertIn(",amount,", self._as(self.author).closed_names)

    def test_no_way_to_fill_in_a_closed_field_of_a_new_document(self):
        for context, values in (
            ({"default_amount": 5}, {}),
            ({"default_properties": {"rate": 5}}, {}),
            ({}, {"properties": '{"rate": 5}'}),
        ):
            with self.subTest(context=context, values=values), self.assertRaises(AccessError):
                self.env["paydox.document"].with_user(self.author).with_context(**context).create(
                    {"name": "New", "kind_id": self.kind.id} | values
                )

    def test_own_fields_sent_as_text_are_checked(self):
        with self.assertRaises(AccessError):
            self._as(self.author).write({"properties": '{"rate": 1}'})
        self._as(self.author).write({"properties": '{"place": "Iasi"}'})
        self.assertEqual(dict(self.document.sudo().properties), {"rate": 42, "place": "Iasi"})

    def test_value_is_not_brought_in_from_another_kind(self):
        self._restrict(editor_group_ids=[Command.set(self.finance.ids)])
        other = self.other.with_user(self.author)
        with self.assertRaises(AccessError):
            other.kind_id = self.kind
        with self.assertRaises(AccessError):
            other.write({"kind_id": self.kind.id, "amount": 0, "properties": {"rate": 5}})
        other.amount = 0
        other.kind_id = self.kind
        self.assertEqual(other.kind_id, self.kind)

    def test_log_is_asked_for_each_person(self):
        self.document.sudo().amount = 888
        change = self.document.sudo().change_ids.filtered(lambda row: row.field_name == "amount")
        self.assertFalse(change.with_user(self.chief).is_confidential)
        self.assertTrue(change.with_user(self.stranger).is_confidential)

    def test_search_by_way_of_its_route_does_not_tell(self):
        self.kind.route_id = self._create_route({"users": self.legal})
        self._as(self.author).action_submit()
        documents = self.env["paydox.document"]
        self.assertTrue(self.document.approval_line_ids)
        run = self.document.sudo().approval_id
        self.assertEqual(run.material_snapshot["amount"], 777)
        for user in (self.legal, self.author, self.admin):
            with self.subTest(user.login), self.assertRaises(AccessError):
                run.with_user(user).read(["material_snapshot"])
            with self.subTest(user.login), self.assertRaises(AccessError):
                run.decision_ids.with_user(user).read(["definition"])
        for user, found in ((self.author, documents), (self.stranger, documents), (self.chief, self.document)):
            for path in (
                "approval_line_ids.document_id",
                "approval_ids.document_id",
                "approval_ids.line_ids.document_id",
            ):
                domain = [(f"{path}.amount", "=", 777), ("id", "=", self.document.id)]
                with self.subTest(user.login, path=path):
                    self.assertEqual(documents.with_user(user).search(domain), found)

    def test_other_kind_brings_nothing_to_light(self):
        with self.assertRaises(AccessError):
            self._as(self.author).kind_id = self.open_kind
        copied = self._as(self.author).copy()
        self.assertFalse(copied.sudo().amount)
        self.assertFalse(dict(copied.sudo().properties).get("rate"))

    def test_only_what_can_be_kept_back_is_offered(self):
        with self.assertRaises(ValidationError):
            self.kind.field_ids = [
                Command.create({"field_name": "partner_id", "reader_group_ids": [Command.set(self.finance.ids)]})
            ]
        with self.assertRaises(AccessError):
            self.kind.with_user(self.author).field_ids[0].reader_group_ids = False
