from odoo import fields, models
from odoo.tools import SQL


class PaydoxPartnerDuplicate(models.Model):
    """Report of possible duplicates: who shares a number, an e-mail, a phone or a name, by groups.

    It has no table: one statement reads the keys of the directory as it is now. Of those whom the user may not read nothing is
    in it, not even in the number of a group. Branches of one organisation and pairs of which somebody said that they are two
    are no group.
    """

    _name = "paydox.partner.duplicate"
    _description = "Possible Duplicate"
    _order = "latest desc, group_name, partner_id"
    _rec_name = "group_name"
    _auto = False

    # group
    kind = fields.Selection(
        selection=[
            ("t", "Tax number"),
            ("r", "Register number"),
            ("e", "E-mail"),
            ("p", "Phone"),
            ("n", "Name"),
        ],
        string="The Same",
        readonly=True,
    )
    group_name = fields.Char(string="Group", readonly=True)
    group_size = fields.Integer(string="Alike", readonly=True, aggregator="max")
    latest = fields.Datetime(string="Last Created", readonly=True, help="When the newest of the group was entered.")
    # counterparty
    partner_id = fields.Many2one(comodel_name="res.partner", string="Counterparty", readonly=True)
    create_date = fields.Datetime(string="Created On", readonly=True)
    create_uid = fields.Many2one(comodel_name="res.users", string="Created By", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Responsible", readonly=True)
    active = fields.Boolean(readonly=True)
    vat = fields.Char(related="partner_id.vat")
    kpp = fields.Char(related="partner_id.kpp")
    email = fields.Char(related="partner_id.email")
    phone = fields.Char(related="partner_id.phone")

    @property
    def _table_query(self):
        partners = self.env["res.partner"].with_context(active_test=False)
        partners.flush_model()
        self.env["paydox.partner.distinct"].flush_model()
        # Who works here shares the phone of the company.
        query = partners._search([("partner_share", "=", True)])
        return SQL(
            """
            WITH common AS MATERIALIZED (
                SELECT key, array_agg(p.id) AS ids
                  FROM res_partner p, unnest(string_to_array(p.match_keys, ' ')) AS key
              GROUP BY key
                HAVING count(*) > 1
            ), keyed AS MATERIALIZED (
                SELECT common.key, p.id, p.commercial_partner_id AS family_id, NULLIF(p.kpp, '') AS kpp, p.create_date,
                       p.create_uid, p.user_id, p.active
                  FROM common, unnest(common.ids) AS found(id)
                  JOIN res_partner p ON p.id = found.id
                 WHERE p.id IN %(readable)s
            ), shared AS (
                SELECT key, count(DISTINCT id) AS size, max(create_date) AS latest
                  FROM keyed
              GROUP BY key
                HAVING count(DISTINCT family_id) > 1
                   AND NOT (left(key, 1) IN ('t', 'n') AND count(kpp) = count(*) AND count(DISTINCT kpp) = count(*))
            ), told AS (
                SELECT one.key, count(*) AS pairs
                  FROM paydox_partner_distinct d
                  JOIN keyed one ON one.id = d.partner_id
                  JOIN keyed other ON other.id = d.other_id AND other.key = one.key
              GROUP BY one.key
            )
            SELECT (row_number() OVER (ORDER BY keyed.key, keyed.id))::int AS id,
                   left(keyed.key, 1) AS kind,
                   replace(substr(keyed.key, 3), '_', ' ') AS group_name,
                   shared.size::int AS group_size, shared.latest,
                   keyed.id AS partner_id, keyed.create_date, keyed.create_uid, keyed.user_id, keyed.active
              FROM shared
              JOIN keyed USING (key)
         LEFT JOIN told USING (key)
             WHERE COALESCE(told.pairs, 0) < shared.size * (shared.size - 1) / 2
            """,
            readable=query.subselect(),
        )

    # === ACTIONS === #

    def action_open_partner(self):
        """Open the card."""
        self.ensure_one()
        self.partner_id.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(False, "form")],
        }

    def action_merge(self):
        """Open Odoo's window that merges the counterparties of the selected rows."""
        partners = self.partner_id
        partners.check_access("write")
        return partners._get_merge_action()
