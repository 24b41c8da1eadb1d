import random
from datetime import timedelta
from unittest.mock import patch

from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.paydox_edms.tests.common_case_discussion import PaydoxCaseDiscussionMixin

# The fast ways ask the access rules of a few records; what they must give is said here by the slow, obvious ways.
LIMIT = 7


@tagged("post_install", "-at_install")
class TestCardSpeed(PaydoxCaseDiscussionMixin, TransactionCase):
    """The fast ways to the card give what the slow ones give, to everybody; and they stay fast."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_people()
        cls.other_company = cls.env["res.company"].create({"name": "Sister"})
        cls.firm = cls.env["res.partner"].create({"name": "Speed Firm", "is_company": True})
        cls.branch = cls.env["res.partner"].create({"name": "Branch", "is_company": True, "parent_id": cls.firm.id})
        cls.people = cls.env["res.partner"].create(
            [{"name": f"Person {number}", "parent_id": cls.branch.id} for number in range(2)]
        )
        cls.other = cls.env["res.partner"].create({"name": "Other Firm", "is_company": True})
        cls.family = cls.firm | cls.branch | cls.people
        cls.manager = new_test_user(
            cls.env, "speed_manager", groups="base.group_user,paydox_edms.paydox_edms_group_manager"
        )
        cls.auditor = new_test_user(
            cls.env, "speed_auditor", groups="base.group_user,paydox_edms.paydox_edms_group_auditor"
        )
        cls.users = cls.author | cls.legal | cls.stranger | cls.manager | cls.auditor
        cls._make_history(random.Random(2026))

    @classmethod
    def _make_history(cls, dice):
        """Things of all sorts, of all degrees of secrecy, by different people, at moments that often are the same."""
        kinds = [
            cls._create_kind(name=f"Kind {level}", code=f"SP{level[:2].upper()}", confidentiality=level)
            for level in ("open", "internal", "secret")
        ]
        kinds[0].is_counterparty_paper = True
        for number in range(24):
            user = dice.choice((cls.author, cls.legal))
            document = (
                cls.env["paydox.document"]
                .with_user(user)
                .create(
                    {
                        "name": f"Document {number}",
                        "kind_id": dice.choice(kinds).id,
                        "partner_id": dice.choice(cls.family).id,
                    }
                )
            )
            if number % 4 == 0:
                document.message_post(body=f"About {number}", message_type="comment", subtype_xmlid="mail.mt_comment")
            if number % 6 == 0:
                document.partner_id = cls.other
        for number in range(8):
            partner = dice.choice(cls.family)
            partner.message_post(body=f"Hello {number}", message_type="comment", subtype_xmlid="mail.mt_comment")
            instruction = (
                cls.env["paydox.instruction"]
                .with_user(dice.choice((cls.author, cls.legal)))
                .create({"name": f"Task {number}", "executor_id": cls.legal.id, "partner_id": partner.id})
            )
            instruction.action_assign()
            state = dice.choice(("planned", "done", "cancelled"))
            cls.env["paydox.interaction"].with_user(cls.author).create(
                {"name": f"Talk {number}", "partner_id": partner.id, "state": state}
            )
            cls.env["calendar.event"].with_user(dice.choice((cls.author, cls.legal))).create(
                {
                    "name": f"Meeting {number}",
                    "privacy": dice.choice(("public", "private")),
                    "start": fields.Datetime.now() - timedelta(hours=number + 1),
                    "stop": fields.Datetime.now() - timedelta(hours=number),
                    "partner_ids": [Command.set(partner.ids)],
                }
            )
            partner.activity_schedule(
                "mail.mail_activity_data_todo", summary=f"Do {number}", user_id=dice.choice(cls.users).id
            )
        for number in range(6):
            values = {"name": f"Case {number}", "partner_id": dice.choice(cls.family).id}
            case = cls._create_claim(**values) if number % 2 else cls._create_case(**values)
            case.sudo().started_at = fields.Datetime.now() - timedelta(days=number)
            if number % 3 == 0:
                cls._ask(cls, case, cls.legal | cls.chief)
        cls.env.flush_all()
        # Several things of one moment, as an import makes them: the order must be told by more than the moment.
        cls.env.cr.execute("UPDATE paydox_document SET create_date = date_trunc('hour', create_date)")

    def _as(self, user):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.firm.with_user(user)

    # === SLOW WAYS === #

    def _count_slowly(self, user):
        """Each number by a search of its own."""
        ids = self.firm.with_user(user)._get_family_ids()
        of_family = Domain("partner_id", "in", ids)
        papers = Domain("kind_id.is_counterparty_paper", "=", True)
        live, claims = Domain("state", "!=", "cancelled"), Domain("case_kind", "in", ("claim", "request"))
        contacts = Domain("id", "in", ids) & Domain("is_company", "=", False) & Domain("parent_id", "!=", False)
        is_open = Domain("state", "in", ("assigned", "in_progress", "reported"))
        questions = {
            "card_document_count": ("paydox.document", of_family & live),
            "card_paper_count": ("paydox.document", of_family & live & papers),
            "card_requisites_count": ("paydox.partner.requisites", of_family),
            "card_instruction_count": ("paydox.instruction", of_family & is_open),
            "card_case_count": ("paydox.case", of_family & ~claims),
            "card_claim_count": ("paydox.case", of_family & claims),
            "card_interaction_count": ("paydox.interaction", of_family & live),
            "card_work_count": ("paydox.partner.work", of_family & Domain("is_open", "=", True)),
            "card_relation_count": ("paydox.relation.side", of_family),
            "card_contact_count": ("res.partner", contacts),
        }
        return {
            name: self.env[model].with_user(user).search_count(domain) for name, (model, domain) in questions.items()
        }

    def _get_history_slowly(self, partner, user, limit):
        """The same statement with the access rules in it, as a whole."""
        timeline = type(self.env["paydox.partner.timeline"])

        def find(self, scope, sources, kinds, key, count):
            return self._find_events(scope, sources, kinds, key, count, with_rules=True)

        with patch.object(timeline, "_find_readable_events", find):
            return self._get_history(partner, user, limit)

    def _get_history_by_record(self, partner, user):
        """The keys of everything there is whose record he may read; meetings and questions have rights of their own."""
        everything = self._get_history(partner, self.env.ref("base.user_root"), 100)
        return [
            item["key"]
            for item in everything
            if item["source"] not in ("calendar", "question", "answer")
            and self.env[item["res_model"]].with_user(user).browse(item["res_id"]).has_access("read")
        ]

    def _get_history(self, partner, user, limit):
        partner, items, after = partner.with_user(user), [], False
        while True:
            page = partner.get_timeline(after=after, limit=limit)
            items += page["items"]
            after = page["next"]
            if not after:
                return items

    # === TESTS === #

    def test_numbers_are_those_of_the_slow_way_for_everybody(self):
        seen = []
        for user in self.users:
            numbers = self._as(user).get_card_head()["numbers"]
            slow = self._count_slowly(user)
            self.assertEqual({name: numbers[name] for name in slow}, slow, user.login)
            seen.append(tuple(slow.values()))
        self.assertGreater(len(set(seen)), 2, "They do not all see the same, or nothing was compared.")

    def test_history_is_that_of_the_slow_way_for_everybody(self):
        lengths = set()
        for partner in self.firm | self.other:
            for user in self.users:
                self._as(user)
                whole = self._get_history_slowly(partner, user, 100)
                for limit in (1, LIMIT, 100):
                    self.assertEqual(self._get_history(partner, user, limit), whole, (user.login, limit))
                keys = [item["key"] for item in whole if item["source"] not in ("calendar", "question", "answer")]
                self.assertEqual(keys, self._get_history_by_record(partner, user), user.login)
                lengths.add(len(whole))
        self.assertGreater(len(lengths), 3, "They do not all see the same, or nothing was compared.")

    def test_who_reads_little_gets_full_pages_and_nothing_of_others(self):
        """The newest are all closed to him, more than are looked at without the rules."""
        for number in range(5 * LIMIT):
            self._create_document(
                name=f"Takeover {number}", partner_id=self.firm.id, confidentiality="secret"
            )  # fmt: skip
        self._as(self.stranger)

        page = self.firm.with_user(self.stranger).get_timeline(limit=LIMIT)

        self.assertEqual(len(page["items"]), LIMIT)
        self.assertNotIn("Takeover", str(page))
        self.assertEqual(page["items"], self._get_history_slowly(self.firm, self.stranger, LIMIT)[:LIMIT])

    def test_head_is_for_employees_who_read_the_counterparty(self):
        portal = new_test_user(self.env, "speed_portal", groups="base.group_portal")
        foreign = self.env["res.partner"].create({"name": "Foreign", "company_id": self.other_company.id})

        with self.assertRaises(AccessError):
            portal.partner_id.with_user(portal).get_card_head()
        with self.assertRaises(AccessError):
            foreign.with_user(self.stranger).get_card_head()

    def test_head_tells_of_the_last_message_and_of_no_secret(self):
        self._create_document(name="Takeover", partner_id=self.firm.id, confidentiality="secret")
        self.people[0].message_post(subject="Price", body="x", message_type="comment", subtype_xmlid="mail.mt_comment")

        head = self._as(self.stranger).get_card_head()

        self.assertIn("Price", head["work"]["last_contact"])
        self.assertNotIn("akeover", str(head))

    # === CEILINGS === #

    def _count_queries(self, question):
        question()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        question()
        return self.cr.sql_log_count - before

    def _get_specification(self, partner):
        view = self.env.ref("base.view_partner_form")
        arch = etree.fromstring(partner.get_view(view.id, "form")["arch"])
        names = {node.get("name") for node in arch.xpath("//field[not(ancestor::field)]")}
        return {
            name: {"fields": {"display_name": {}}} if partner._fields[name].relational else {} for name in sorted(names)
        }

    def test_form_asks_ten_queries_more_than_the_stock_form(self):
        card = self.firm.with_user(self.author)
        rule = self.env["paydox.dossier.rule"].create(
            {"name": "Speed", "kind_ids": [Command.set(self._create_kind(is_counterparty_paper=True).ids)]}
        )
        ours = self._get_specification(card)
        views = self.env["ir.model.data"].search([("model", "=", "ir.ui.view"), ("module", "=like", "paydox\\_%")])
        of_partner = self.env["ir.ui.view"].browse(views.mapped("res_id")).filtered(lambda v: v.model == "res.partner")
        of_partner.sorted("id", reverse=True).active = False
        stock = self._get_specification(card)

        self.assertTrue(rule)
        self.assertNotIn("legal_name", stock)
        more = self._count_queries(lambda: card.web_read(ours)) - self._count_queries(lambda: card.web_read(stock))
        self.assertLessEqual(more, 10)

    def test_form_does_not_read_what_comes_later(self):
        ours = self._get_specification(self.firm.with_user(self.author))

        late = set(self.firm.with_user(self.author).get_card_head()["numbers"])
        late |= {"has_work", "work_stage", "work_next_step", "work_last_contact"}
        late |= {"rating_card", "dossier_checklist", "dossier_state", "dossier_percent"}
        self.assertFalse(late & set(ours))

    def test_head_and_timeline_stay_below_their_ceilings(self):
        card = self.firm.with_user(self.author)

        self.assertLessEqual(self._count_queries(card.get_card_head), 36)
        self.assertLessEqual(self._count_queries(card.get_timeline), 28)
