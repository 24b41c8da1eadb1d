import json

from odoo import api, fields, models

FIRST_DEFINITION = ("name", "kind", "mode", "rule", "quorum", "approver_kind", "deadline_hours")


class PaydoxApproval(models.Model):
    """Rule 7: decisions are chained by hashes, so a change made straight in the database shows."""

    _inherit = "paydox.approval"

    # === ACTIONS === #

    def action_verify(self):
        """Recompute the chain of decisions and the files behind them; name the first broken link."""
        self.ensure_one()
        self.check_access("read")
        # sudo: the whole chain is read, also rows that the user sees through the sheet only
        problem = self.sudo()._find_broken_link()
        message = problem or self.env._(
            "%(count)s decisions and their files are unchanged.", count=self.sudo().decision_count
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("The chain is broken") if problem else self.env._("The chain is whole"),
                "message": message,
                "type": "danger" if problem else "success",
                "sticky": bool(problem),
            },
        }

    # === BUSINESS METHODS === #

    def _append(self, action, line=None, **details):
        """Add a link to the chain. Updating the run makes two people who press at once follow one another.

        :param str action: what was done
        :param line: the line it was done on, if any
        :param details: further values of ``paydox.approval.decision``
        """
        self.ensure_one()
        return self._append_many([(self, action, line, details)])

    @api.model
    def _append_many(self, links):
        """Add links to the chains of any number of runs, in their order.

        :param links: ``[(run, action, line or None, details)]``
        """
        decisions = self.env["paydox.approval.decision"]
        ends, vals_list = {}, []
        for approval, action, line, details in links:
            sequence, former = ends.get(approval, (approval.decision_count, approval.last_hash))
            vals = approval._prepare_link(action, line, details) | {"sequence": sequence + 1, "previous_hash": former}
            vals["hash"] = decisions._get_hash(vals)
            ends[approval] = (vals["sequence"], vals["hash"])
            vals_list.append(vals)
        created = decisions.create(vals_list)
        for approval, (sequence, last_hash) in ends.items():
            approval.write({"decision_count": sequence, "last_hash": last_hash})
        return created

    def _prepare_link(self, action, line, details):
        self.ensure_one()
        line = line if line is not None else self.env["paydox.approval.line"]
        version = line.version_id or self.version_id
        return {
            "approval_id": self.id,
            "document_id": self.document_id.id,
            "company_id": self.company_id.id,
            "action": action,
            "line_id": line.id,
            "step_id": line.step_id.id,
            "version_id": version.id,
            "checksum": version.checksum,
            "user_id": line.user_id.id or self.env.uid,
            "decided_by_id": self.env.uid,
            "decided_at": fields.Datetime.now(),
        } | details

    # === HELPERS === #

    def _get_definition(self):
        """The pinned steps and the pinned settings of the run as text, part of the first link."""
        definition = {
            "steps": [step._get_definition() for step in self.step_ids.sorted("sequence")],
            "run": self._get_run_definition(),
        }
        return json.dumps(definition, ensure_ascii=False)

    def _get_run_definition(self):
        """What the chain protects of the run besides its steps, as plain JSON."""
        self.ensure_one()
        return {
            "skip_repeat": self.skip_repeat,
            "allow_ad_hoc": self.allow_ad_hoc,
            "material_snapshot": self.sudo().material_snapshot,  # sudo: kept where the engine alone reads it
            "carried_from": self.carried_from_id.id,
        }

    def _fits_definition(self, text):
        """Whether the steps are still those of the first link; what it does not name was not known then."""
        self.ensure_one()
        definition = json.loads(text or "[]")
        if isinstance(definition, list):
            definition = {"steps": definition, "run": {}}
        run = json.loads(json.dumps(self._get_run_definition()))
        if any(run.get(name) != value for name, value in definition["run"].items()):
            return False
        steps = [step._get_definition() for step in self.step_ids.sorted("sequence")]
        pinned = [
            # the first release wrote the values without their names
            entry if isinstance(entry, dict) else dict(zip(FIRST_DEFINITION, entry, strict=True))
            for entry in definition["steps"]
        ]
        return len(steps) == len(pinned) and all(
            step.get(name) == value for step, entry in zip(steps, pinned, strict=True) for name, value in entry.items()
        )

    def _find_broken_link(self):
        """The first thing that does not fit, as a sentence, or False."""
        self.ensure_one()
        previous = False
        decisions = self.decision_ids.sorted("sequence")
        for place, decision in enumerate(decisions, start=1):
            if decision.sequence != place:
                return self.env._("Decision %(number)s is missing.", number=place)
            if (decision.previous_hash or False) != previous or decision.hash != decision._get_own_hash():
                return self.env._("Decision %(number)s was changed.", number=place)
            previous = decision.hash
        if len(decisions) != self.decision_count or (self.last_hash or False) != previous:
            return self.env._("Decisions after number %(number)s are missing.", number=len(decisions))
        if decisions and not self._fits_definition(decisions[0].definition):
            return self.env._("The steps of the sheet were changed after the start.")
        return self._find_changed_line(decisions) or self._find_changed_file()

    def _find_changed_line(self, decisions):
        latest = {decision.line_id: decision for decision in decisions if decision.line_id}
        for line in self.line_ids:
            decision = latest.get(line)
            if bool(decision) != line._is_decided() or (decision and not decision._fits(line)):
                return self.env._("The line of %(user)s does not match the decisions.", user=line.user_id.name)
        return False

    def _find_changed_file(self):
        decisions = self.decision_ids.sorted("sequence")
        checksums = decisions.version_id._get_real_checksums()
        for decision in decisions:
            version = decision.version_id
            if version and checksums[version] != decision.checksum:
                return self.env._(
                    "The file of decision %(number)s was changed: %(filename)s.",
                    number=decision.sequence,
                    filename=version.filename,
                )
        return False
