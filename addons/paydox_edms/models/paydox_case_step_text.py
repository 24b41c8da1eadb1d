from odoo import fields, models
from odoo.tools import SQL


class PaydoxCaseStep(models.Model):
    """Texts of steps: pinned in all languages of the template; what a step makes speaks that of who gets it."""

    _inherit = "paydox.case.step"

    name = fields.Char(required=True, translate=True)
    description = fields.Html(translate=True)

    # === BUSINESS METHODS === #

    def _pin_texts(self):
        """Take the texts over from the steps of the template in all languages, in one statement."""
        pinned = self.filtered("template_step_id")
        if not pinned or len(self.env["res.lang"].get_installed()) < 2:
            return
        pairs = [(step.id, step.template_step_id.id) for step in pinned]
        pinned._copy_texts(self.env["paydox.case.template.step"], pairs)

    def _save_texts(self, rows):
        """Give the texts of the steps to steps of a template, in all languages.

        :param dict rows: ``{step of a case: step of a template}``
        """
        if rows:
            template_steps = self.env["paydox.case.template.step"].union(*rows.values())
            template_steps._copy_texts(self, [(row.id, step.id) for step, row in rows.items()])

    # === HELPERS === #

    def _speak_to(self, users):
        """The step with its texts in the language of a person; what goes to several is in that of the company."""
        # sudo: the language of the company is no secret
        listener = users if len(users) == 1 else self.case_id.company_id.partner_id.sudo()
        return self.with_context(lang=listener.lang or self.env.lang)


class PaydoxCaseStepDefinition(models.AbstractModel):
    _inherit = "paydox.case.step.definition"

    # === HELPERS === #

    def _copy_texts(self, source, pairs):
        """Name and description of other steps in all their languages.

        :param source: the model of the others
        :param list pairs: ``[(id, id of the other)]``
        """
        names = ["name", "description"]
        self.flush_recordset(names)
        source.flush_model(names)
        self.env.execute_query(
            SQL(
                """
                UPDATE %(table)s AS step SET name = source.name, description = source.description
                  FROM (VALUES %(pairs)s) AS pair (id, source_id)
                  JOIN %(source)s AS source ON source.id = pair.source_id
                 WHERE step.id = pair.id RETURNING step.id
                """,
                table=SQL.identifier(self._table),
                source=SQL.identifier(source._table),
                pairs=SQL(", ").join(SQL("(%s, %s)", *pair) for pair in pairs),
            )
        )
        self.invalidate_recordset(names)
