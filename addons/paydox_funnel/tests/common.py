from odoo import Command
from odoo.tests import TransactionCase, new_test_user


class PaydoxFunnelCase(TransactionCase):
    """Three types of deals mapped onto one reference, and the people who work with them.

    ========== ======== ==============================================
    type       control  stages (status)
    ========== ======== ==============================================
    goods      manual   Call (new), Offer (offer), Deal (won)
    service    strict   Ask (new), Check (qualified), Contract (contract), Done (won)
    project    none     -
    ========== ======== ==============================================
    seller, rival: own deals; lead: all deals; boss: sales manager
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True, "no_reset_password": True})
        cls.env.user.tz = "UTC"
        cls.seller = cls._create_user("seller", "sales_team.group_sale_salesman")
        cls.rival = cls._create_user("rival", "sales_team.group_sale_salesman")
        cls.head = cls._create_user("head", "sales_team.group_sale_salesman_all_leads")
        cls.boss = cls._create_user("boss", "sales_team.group_sale_manager")
        cls.outsider = cls._create_user("outsider", "base.group_user")
        codes = ("new", "qualified", "offer", "contract", "agreed", "paid", "won", "lost")
        cls.status = {code: cls.env.ref(f"paydox_funnel.deal_status_{code}") for code in codes}
        cls.env["paydox.rule"].search([]).action_archive()
        cls.goods = cls._create_type("goods", stages=[("Call", "new"), ("Offer", "offer"), ("Deal", "won")])
        cls.service = cls._create_type(
            "service",
            stage_control="strict",
            stages=[("Ask", "new"), ("Check", "qualified"), ("Contract", "contract"), ("Done", "won")],
        )
        cls.project = cls._create_type("project", stage_control="none")

    # === FACTORIES ===#

    @classmethod
    def _create_user(cls, login, groups):
        return new_test_user(cls.env, login=f"paydox_{login}", groups=groups, tz="UTC")

    @classmethod
    def _create_type(cls, code, stages=(), active=True, **values):
        return cls.env["paydox.deal.type"].create(
            {
                "name": code.title(),
                "code": f"test_{code}",
                "active": active,
                "stage_ids": [
                    Command.create(
                        {"name": name, "sequence": index, "status_id": cls.status[status].id if status else False}
                    )
                    for index, (name, status) in enumerate(stages)
                ],
                **values,
            }
        )

    @classmethod
    def _create_lead(cls, deal_type=None, stage=None, user=None, **values):
        deal_type = deal_type or cls.goods
        values = {"name": "Deal", "type": "opportunity", "deal_type_id": deal_type.id, **values}
        values["user_id"] = (cls.seller if user is None else user).id
        if stage:
            values["stage_id"] = cls._stage(deal_type, stage).id
        return cls.env["crm.lead"].create(values)

    @classmethod
    def _stage(cls, deal_type, name):
        return deal_type.stage_ids.filtered(lambda stage: stage.name == name)

    @classmethod
    def _create_rule(cls, **values):
        """A rule in force; those that are there already stay the same records."""
        revisions = cls.env["paydox.deal.type.revision"]
        deal_type_id = values.get("deal_type_id", False)
        revision = revisions.search([("deal_type_id", "=", deal_type_id), ("state", "=", "published")])
        revision = revision or revisions.create({"deal_type_id": deal_type_id})
        moment = revision.published_at
        revision._write_life_cycle({"state": "draft"})
        try:
            return cls._create_draft_rule(revision, **values)
        finally:
            revision._write_life_cycle({"state": "published"} | ({"published_at": moment} if moment else {}))

    @classmethod
    def _create_draft_rule(cls, revision, **values):
        return cls.env["paydox.rule"].create(
            {
                "revision_id": revision.id,
                "name": "Rule",
                "event_name": "deal.created",
                "action": "set_status",
                "status_id": cls.status["contract"].id if values.get("action", "set_status") == "set_status" else False,
                **values,
            }
        )

    def _dispatch(self, key):
        event = self.env["paydox.event"].sudo().search([("key", "=", key)])
        event._dispatch()
        return event

    # === ASSERTS ===#

    def _get_history(self, lead):
        events = lead.sudo().status_event_ids.sorted("id")
        return [event.to_status_id.code or "-" for event in events]

    def assertHistory(self, lead, *codes):
        """The statuses the deal went through, one event for each, each closed by the next."""
        lead.env.flush_all()
        self.env.cr.flush()
        events = lead.sudo().status_event_ids.sorted("id")
        self.assertEqual(self._get_history(lead), list(codes))
        self.assertEqual(lead.sudo().status_event_id, events[-1:])
        self.assertEqual(lead.deal_status_id.code or "-", codes[-1])
        self.assertEqual([event.from_status_id.code or "-" for event in events], ["-", *codes[:-1]])
        for event, following in zip(events, events[1:], strict=False):
            self.assertEqual(event.left_at, following.occurred_at)
        self.assertFalse(events[-1:].left_at)
