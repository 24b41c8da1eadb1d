import json

from odoo import models


class PaydoxApproval(models.Model):
    """Votes in the run: what the chain and the counts must agree on, and what follows a vote."""

    _inherit = "paydox.approval"

    # === BUSINESS METHODS === #

    def _on_closed(self, reason):
        result = super()._on_closed(reason)
        step = self.step_ids[:1]
        if self.purpose == "vote" and step.vote_outcome:
            step._tell_outcome()
            if step.vote_outcome != "no_quorum":
                step._make_automatic_protocol()
        return result

    # === HELPERS === #

    def _find_broken_link(self):
        return super()._find_broken_link() or self._find_changed_count()

    def _find_changed_count(self):
        """Whether the counts are those of the voters and those that were written at the end of the vote."""
        votes_by_step = self.step_ids.filtered(lambda step: step.kind == "vote")._get_votes()
        for step, votes in votes_by_step.items():
            if sum(votes.values()) != step.done_count:
                return self.env._("The count of “%(question)s” is not the number of voters.", question=step.name)
            counts = [[option.name, votes[option]] for option in step.vote_option_ids]
            closed = self.decision_ids.filtered(lambda d, step=step: d.action == "close" and d.step_id == step)
            written = json.loads(closed.sorted("sequence")[-1:].details or "{}").get("votes")
            if step.counted_at and written != counts:
                return self.env._("The count of “%(question)s” was changed.", question=step.name)
        return False
