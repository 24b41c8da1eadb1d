from contextlib import suppress
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.paydox_edms.tools.sign_proof import SignProof

from .common import PaydoxEdmsCase


@tagged("post_install", "-at_install")
class TestAttorney(PaydoxEdmsCase):
    """Only the head of the company (``chief``) and who has a valid power of attorney (``director``) sign."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.document_head_id = cls.chief
        cls.today = fields.Date.context_today(cls.kind)
        cls.kind.requires_authority = True
        cls.power_kind = cls._create_kind(is_power_of_attorney=True)
        cls.power_kind.route_id = cls._create_route({"users": cls.chief})
        cls.document = cls._create_submitted({"users": cls.director, "kind": "sign"}, amount=1000)

    def _create_power(self, confirm=True, **overrides):
        vals = {
            "kind_id": self.power_kind.id,
            "attorney_id": self.director.id,
            "valid_from": self.today,
            "valid_to": self.today + timedelta(days=30),
        }
        power = self._create_document(**vals | overrides)
        if confirm:
            power.action_submit()
            power.with_user(self.chief).action_agree()
        return power

    def _sign(self, document=None, user=None):
        document = (document or self.document).with_user(user or self.director)
        document._decide("agree", answer={"proof": SignProof("password")})

    def assertRefused(self, words):
        with self.assertRaisesRegex(UserError, words):
            self._sign()
        self.assertState(self.document, "review")
        self.assertFalse(self.document.sudo().signature_ids)

    def test_nobody_signs_without_authority(self):
        self.assertRefused("no power of attorney names Director")

    def test_power_is_kept_with_the_signature_and_printed(self):
        power = self._create_power()
        power.with_user(self.clerk).action_register()

        self._sign()

        self.assertState(self.document, "signed")
        signature = self.document.sudo().signature_ids
        self.assertEqual(signature.authority_id.id, power.id)
        self.assertIn(power.number, signature.authority)
        cells = str(self.document.approval_id._prepare_sheets())
        self.assertIn(power.number, cells)
        self.assertIn(power.number, str(signature._prepare_mark()))
        self.assertEqual(self.document._verify_signatures()[0], "success")
        with self.assertRaises(AccessError):
            signature.with_user(self.admin).authority = "Head"
        self.env.flush_all()
        self.env.cr.execute("UPDATE paydox_signature SET authority = 'Head' WHERE id = %s", [signature.id])
        self.env.invalidate_all()
        self.assertEqual(self.document._verify_signatures()[0], "danger", "the authority is part of what is signed")

    def test_head_signs_by_right_of_his_position(self):
        document = self._create_submitted({"users": self.chief, "kind": "sign"})

        self._sign(document, self.chief)

        signature = document.sudo().signature_ids
        self.assertFalse(signature.authority_id)
        self.assertEqual(signature.authority, "Head of the company")

    def test_power_covers_days_amounts_and_kinds(self):
        day = timedelta(days=1)
        for words, vals in (
            ("ended on", {"valid_from": self.today - 9 * day, "valid_to": self.today - day}),
            ("begins on", {"valid_from": self.today + day}),
            ("smaller amounts", {"attorney_limit": 999}),
            ("does not cover the kind", {"attorney_kind_ids": [Command.set(self.power_kind.ids)]}),
        ):
            with self.subTest(words):
                power = self._create_power(**vals)
                self.assertRefused(words)
                power.with_user(self.manager).action_cancel()
        self._create_power(attorney_limit=1000, attorney_kind_ids=[Command.set(self.kind.ids)], valid_to=self.today)
        self._sign()
        self.assertState(self.document, "signed")

    def test_power_that_is_not_confirmed_or_cancelled_or_of_another_gives_no_right(self):
        power = self._create_power(confirm=False)
        self.assertRefused("is not in force")
        power.sudo().state = "done"
        self.assertRefused("is not in force")
        confirmed = self._create_power()
        confirmed.with_user(self.manager).action_cancel()
        self.assertRefused("is not in force")
        self._create_power(attorney_id=self.legal.id)
        self.assertRefused("is not in force")

    def test_nobody_makes_himself_a_representative(self):
        self.power_kind.route_id = False
        power = (
            self.env["paydox.document"]
            .with_user(self.director)
            .create({"name": "Mine", "kind_id": self.power_kind.id, "attorney_id": self.director.id})
        )
        for verb in ("action_submit", "action_execute"):
            with suppress(UserError), self.env.cr.savepoint():
                getattr(power, verb)()
        self.assertRefused("is not in force")

    def test_power_that_was_changed_is_confirmed_again(self):
        power = self._create_power(attorney_id=self.legal.id)
        self.manager.group_ids += self.env.ref("paydox_edms.paydox_edms_group_exclusive")
        power.with_user(self.manager).attorney_id = self.director
        self.assertState(power, "draft")
        self.power_kind.route_id = False
        if not power.sudo().number:
            power.with_user(self.manager).action_register()
        power.with_user(self.manager).action_execute()
        self.assertState(power, "done")

        self.assertRefused("is not in force")

    def test_power_of_another_company_gives_no_right(self):
        other = self.env["res.company"].create({"name": "Other", "document_head_id": self.director.id})
        power = self._create_power()
        self.env.flush_all()
        self.env.cr.execute("UPDATE paydox_document SET company_id = %s WHERE id = %s", [other.id, power.id])
        self.env.invalidate_all()
        self.assertRefused("no power of attorney")

    def test_substitute_needs_authority_of_his_own(self):
        self._create_power()
        self.env["paydox.substitution"].create(
            {
                "user_id": self.director.id,
                "substitute_id": self.legal.id,
                "date_from": self.today,
                "date_to": self.today,
            }
        )
        with self.assertRaisesRegex(UserError, "no power of attorney names Legal"):
            self._sign(user=self.legal)
        self._create_power(attorney_id=self.legal.id)
        self._sign(user=self.legal)
        self.assertEqual(self.document.sudo().signature_ids.authority_id.attorney_id, self.legal)

    def test_step_asks_for_authority_and_is_pinned(self):
        self.kind.requires_authority = False
        self._sign()
        self.assertFalse(self.document.sudo().signature_ids.authority)
        document = self._create_submitted({"users": self.director, "kind": "sign", "requires_authority": True})
        with self.assertRaisesRegex(UserError, "no power of attorney"):
            self._sign(document)
        with self.assertRaises(AccessError):
            document.sudo().approval_id.step_ids.with_user(self.admin).requires_authority = False
        self._create_power()
        self._sign(document)
        self.assertEqual(document._verify_signatures()[0], "success")

    def test_representative_is_named_on_powers_only_and_needed_to_confirm(self):
        with self.assertRaises(ValidationError):
            self._create_document(attorney_id=self.director.id)
        with self.assertRaises(ValidationError):
            self._create_power(attorney_limit=-1)
        with self.assertRaisesRegex(ValidationError, "names no representative"):
            self._create_power(attorney_id=False)
        with self.assertRaises(ValidationError):
            self.power_kind.is_counterparty_paper = True
        power = self._create_power()
        with self.assertRaises(AccessError):
            power.attorney_id = self.legal
