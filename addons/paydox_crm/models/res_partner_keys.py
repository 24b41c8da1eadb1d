from psycopg2.extras import execute_values

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

from ..tools import matching

_BATCH = 5000


class ResPartner(models.Model):
    """What an entry of the directory is recognised by, kept in columns so that the search reads an index."""

    _inherit = "res.partner"

    fax = fields.Char()
    match_keys = fields.Char(
        compute="_compute_match_keys",
        store=True,
        compute_sudo=True,
        copy=False,
        groups="base.group_system",
        help="Phones, e-mails, numbers and name without what differs between two spellings of the same; of contact persons "
        "phones and e-mails only.",
    )
    match_name = fields.Char(
        compute="_compute_match_keys",
        store=True,
        compute_sudo=True,
        copy=False,
        groups="base.group_system",
        help="Name without legal form, in plain letters, words in alphabetical order.",
    )

    # Odoo's own index of trigrams may be on the unaccented column; this key has no accents, and what is asked for is likeness.
    _match_name_idx = models.Index(
        lambda registry: "USING gin (match_name gin_trgm_ops)" if registry.has_trigram else ""
    )
    _match_keys_idx = models.Index("USING gin (string_to_array(match_keys, ' ')) WITH (fastupdate = off)")

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends(lambda self: ["is_company", "parent_id", *self._get_match_fields()])
    def _compute_match_keys(self):
        for partner in self:
            values = {name: partner[name] for name in self._get_match_fields() if name != "country_id"}
            employed = bool(partner.parent_id) and not partner.is_company
            code = partner.country_id.phone_code or self.env.company.country_id.phone_code
            keys, name = self._get_match_values(values, code, employed)
            partner.match_keys = " ".join(keys) or False
            partner.match_name = name or False

    @api.model
    def _get_match_fields(self):
        return ["name", "vat", "company_registry", "country_id", "email", *self._get_match_phone_fields()]

    @api.model
    def _get_match_phone_fields(self):
        """Return the fields that hold phones: an addon that adds one adds it here."""
        return ["phone", "fax"]

    @api.model
    def _get_match_values(self, values, phone_code, employed=False):
        """Return what somebody with these values is recognised by.

        :param dict values: texts of the fields of :meth:`_get_match_fields`
        :param bool employed: a contact person: the numbers are those of his organisation, and names of people repeat
        :return: keys, each with the letter of its kind before it; key of the name
        """
        keys = []
        for name in self._get_match_phone_fields():
            keys += [f"p:{key}" for key in matching.phone_keys(values.get(name), phone_code)]
        keys += [f"e:{key}" for key in matching.email_keys(values.get("email"))]
        name = ""
        if not employed:
            keys += [f"t:{key}" for key in [matching.number_key(values.get("vat"))] if key]
            keys += [f"r:{key}" for key in [matching.number_key(values.get("company_registry"))] if key]
            name = matching.name_key(values.get("name"))
            keys += [f"n:{name.replace(' ', '_')}"] if name else []
        return list(dict.fromkeys(keys)), name

    # ------------------------------------------------------------
    # DATABASE
    # ------------------------------------------------------------

    def _auto_init(self):
        """Fill the columns of those who are already there in batches; record by record it would take all memory."""
        cr = self.env.cr
        fresh = not column_exists(cr, "res_partner", "match_keys")
        if fresh:
            create_column(cr, "res_partner", "match_keys", "varchar")
            create_column(cr, "res_partner", "match_name", "varchar")
            self._fill_match_columns()
        return super()._auto_init()

    @api.model
    def _fill_match_columns(self):
        cr = self.env.cr
        names = [name for name in self._get_match_fields() if column_exists(cr, "res_partner", name)]
        columns = SQL(", ").join(SQL.identifier("p", name) for name in names)
        # SQL: the columns of this table are not complete yet, the ORM cannot read it.
        cr.execute(
            "SELECT country.phone_code FROM res_company c JOIN res_partner p ON p.id = c.partner_id"
            " JOIN res_country country ON country.id = p.country_id ORDER BY c.id LIMIT 1"
        )
        company_code = (cr.fetchone() or [None])[0]
        last_id = 0
        while True:
            cr.execute(
                SQL(
                    """
                    SELECT p.id, p.parent_id IS NOT NULL AND p.is_company IS NOT TRUE, country.phone_code, %(columns)s
                      FROM res_partner p LEFT JOIN res_country country ON country.id = p.country_id
                     WHERE p.id > %(last_id)s ORDER BY p.id LIMIT %(batch)s
                    """,
                    columns=columns,
                    last_id=last_id,
                    batch=_BATCH,
                )
            )
            rows = cr.fetchall()
            if not rows:
                return
            last_id = rows[-1][0]
            found = []
            for partner_id, employed, code, *texts in rows:
                keys, name = self._get_match_values(
                    dict(zip(names, texts, strict=True)), code or company_code, employed
                )
                found.append((partner_id, " ".join(keys) or None, name or None))
            execute_values(
                cr._obj,
                "UPDATE res_partner p SET match_keys = v.keys, match_name = v.name"
                " FROM (VALUES %s) AS v(id, keys, name) WHERE p.id = v.id",
                found,
                page_size=_BATCH,
            )
