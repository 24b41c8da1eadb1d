from odoo import models

from .paydox_external_review import OPEN_STATES

REVIEW_ICONS = {
    "agreed": "fa-check text-success",
    "remarks": "fa-times text-danger",
    "expired": "fa-clock-o text-danger",
    "revoked": "fa-minus text-muted",
}


class PaydoxExternalReview(models.Model):
    """The counterparty on the sheet of the round."""

    _inherit = "paydox.external.review"

    # === HELPERS === #

    def _get_sheet_row(self):
        """Texts in the order of the columns of an approval sheet."""
        self.ensure_one()
        moment = self.approval_id._format_moment
        states = dict(self._fields["state"]._description_selection(self.env))
        proofs = dict(self._fields["proof"]._description_selection(self.env))
        remarks = [self.comment]
        if self.protocol_id:
            remarks.append(
                self.env._("Protocol of disagreements: %(document)s", document=self.protocol_id.display_name)
            )
        return [
            "",
            self.step_id.name,
            self.env._("Counterparty"),
            ", ".join(filter(None, (self.partner_id.display_name, self.answered_name))),
            moment(self.create_date),
            moment(self.expires_at),
            moment(self.answered_at),
            states[self.state],
            "\n".join(filter(None, remarks)),
            str(self.version_id.number or ""),
            proofs.get(self.proof, ""),
        ]


class PaydoxApproval(models.Model):
    _inherit = "paydox.approval"

    # === HELPERS === #

    def _get_approval_rows(self, lines):
        reviews = self.external_review_ids.sorted("id")
        if not reviews:
            return super()._get_approval_rows(lines)
        people = zip(lines, lines._get_approval_cells(), strict=True)
        rows = [(line.step_id.sequence, row) for line, row in people]
        rows += [(review.step_id.sequence, review._get_sheet_row()) for review in reviews]
        rows.sort(key=lambda row: row[0])
        return [[str(number), *row[1:]] for number, (_sequence, row) in enumerate(rows, start=1)]


class PaydoxApprovalStep(models.Model):
    _inherit = "paydox.approval.step"

    def _prepare_picture(self):
        picture = super()._prepare_picture()
        if not self._is_outside():
            return picture
        reviews = self._get_current_reviews()
        states = dict(reviews._fields["state"]._description_selection(self.env))
        waits = "fa-hourglass-half text-info"
        people = [
            {
                "name": review.partner_id.name,
                "icon": waits if review.state in OPEN_STATES else REVIEW_ICONS[review.state],
                "note": states[review.state],
            }
            for review in reviews
        ]
        # Who will be asked is found when the step starts.
        nobody = {"name": self.env._("Counterparty"), "icon": "fa-building-o text-muted", "note": False}
        return picture | {"people": people or [nobody]}
