from contextlib import contextmanager

from odoo.fields import Command
from odoo.tests import new_test_user

from .common import PaydoxCrmCase


class PaydoxRatingCase(PaydoxCrmCase):
    """A formula of two criteria, so that figures can be reckoned in one's head: execution 80, expert 20.

    head       manages the registry: formulas, ratings set by hand
    reader     reads documents
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.head = new_test_user(
            cls.env,
            "crm_head",
            groups="base.group_user,base.group_partner_manager,paydox_edms.paydox_edms_group_manager",
            tz="UTC",
        )
        cls.reader = new_test_user(
            cls.env, "crm_reader", groups="base.group_user,paydox_edms.paydox_edms_group_user", tz="UTC"
        )
        cls.env["paydox.dossier.rule"].with_context(active_test=False).search([]).active = False
        cls.formula = cls._change_formula({"execution": 80, "expert": 20}, min_weight=50, min_facts=3)
        cls.Score = cls.env["paydox.rating.score"]

    @classmethod
    def _change_formula(cls, weights, **overrides):
        """Publish the next revision with other weights."""
        formulas = cls.env["paydox.rating.formula"].with_user(cls.head)
        draft = formulas.browse(formulas._get_published().action_new_revision()["res_id"])
        draft = draft.with_user(cls.head)
        lines = [Command.create({"criterion": code, "weight": weight}) for code, weight in weights.items()]
        draft.write({"line_ids": [Command.clear(), *lines], **overrides})
        draft.action_publish()
        return draft

    def _add_documents(self, partner, *ends, state="done", **overrides):
        """Documents with a term; ``(term, execution)`` as shifts of days, no execution: still open."""
        documents = self.env["paydox.document"]
        for term, executed in ends:
            document = self._create_document(
                partner,
                date=self._day(min(term, 0) - 30),
                valid_to=self._day(term),
                date_execution=executed is not None and self._day(executed),
                **overrides,
            )
            document.sudo()._write_locked({"state": state if executed is not None else "approved"})
            documents |= document
        return documents

    def _rate(self, partner, user=None):
        partner.with_user(user or self.manager).action_refresh_rating()
        return partner

    def _history(self, partner):
        return self.Score.search([("partner_id", "=", partner.id)], order="id")

    def _figure(self, partner, code):
        return next(part for part in self._history(partner)[-1].figures if part["code"] == code)

    def _run_job(self):
        with self.enter_registry_test_mode():
            self.env.ref("paydox_crm.ir_cron_rating").with_user(1).method_direct_trigger()
        self.env.invalidate_all()

    @contextmanager
    def _refused(self, error, text):
        """The error, and nothing of what led to it stays."""
        with self.assertRaisesRegex(error, text), self.env.cr.savepoint():
            yield
