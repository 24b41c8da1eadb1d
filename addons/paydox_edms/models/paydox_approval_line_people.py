from odoo import fields, models
from odoo.exceptions import UserError


class PaydoxApprovalLine(models.Model):
    """Who takes the place of a person: by delegation, when he steps out, or when his term is over."""

    _inherit = "paydox.approval.line"

    # === BUSINESS METHODS === #

    def _check_running(self):
        """Tell a person whose form is old that the run ended or that somebody decided."""
        for line in self:
            if line.sudo().approval_id.state != "running":  # sudo: only the state of the run is looked at
                raise UserError(line._get_stale_text())

    def _replace(self, target, keep_term=True):
        """Ask ``target`` in place of the people of these lines.

        :return: the new lines
        """
        lines = self.create(
            [
                line.approval_id._prepare_common_values()
                | {
                    "step_id": line.step_id.id,
                    "user_id": target.id,
                    "sequence": line.sequence,
                    "attempt": line.attempt,
                    "is_ad_hoc": line.is_ad_hoc,
                    "deadline": line.deadline if keep_term else False,
                    "delegated_from_id": line.id,
                }
                for line in self
            ]
        )
        for model, found in lines.grouped("res_model").items():
            # sudo: as superuser the person gets what he needs to decide
            self.env[model].sudo().browse(found.mapped("res_id"))._add_approval_participants(target)
        lines._ask(fields.Datetime.now())
        return lines

    def _replace_recused(self):
        """After people stepped out: where the rest cannot pass the step, their managers are asked.

        :return: the lines whose runs go on
        """
        going_on = self.browse()
        for line in self:
            record, step = line._get_record().sudo(), line.step_id
            if line.is_ad_hoc or not step._is_out_of_reach():
                going_on |= line
                continue
            head = step._get_head(line.user_id, record)
            if not head or record._get_obstacle(step, head):
                reason = self.env._(
                    "%(user)s stepped out of “%(step)s”, and nobody is found in his place.",
                    user=line.user_id.name,
                    step=step.name,
                )
                step._close("refused")
                line.approval_id._close("rejected", reason)
                continue
            line.approval_id._append("pass", step_id=step.id, user_id=line.user_id.id, target_user_id=head.id)
            record._log_step("pass", step, detail=head.name)
            line._replace(head)
            going_on |= line
        return going_on
