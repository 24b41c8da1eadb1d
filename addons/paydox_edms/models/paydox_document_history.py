from odoo import api, fields, models
from odoo.tools import format_date, format_datetime


class PaydoxDocument(models.Model):
    """The life of the document as a line of steps, drawn on the card by the widget ``paydox_lifecycle``."""

    _inherit = "paydox.document"

    transition_ids = fields.One2many(
        comodel_name="paydox.document.transition", inverse_name="document_id", readonly=True, copy=False
    )
    lifecycle = fields.Json(compute="_compute_lifecycle", help="The steps of the life of the document, for the card.")

    # === COMPUTE METHODS === #

    @api.depends("state", "number", "active", "valid_from", "valid_to", "kind_id", "transition_ids")
    @api.depends_context("lang", "tz")
    def _compute_lifecycle(self):
        for document in self:
            document.lifecycle = document._get_lifecycle()

    # === HELPERS === #

    def _get_transition_round(self, to_state):
        """The round of approval that a step belongs to."""
        self.ensure_one()
        if to_state != "review" and self.state != "review":
            return 0
        # sudo: the number of the round is no secret to who reads the document
        return self.sudo().approval_id.round

    def _get_lifecycle(self):
        """The steps of the line, each as a dict.

        ``{"key", "label", "status" (done, current, todo, bad), "day", "date" (texts), "user", "seconds", "visits"}``,
        where ``visits`` are ``[{"day", "date", "user", "round", "seconds", "reason"}]``, one for each time it came there.
        """
        self.ensure_one()
        visits = self._get_lifecycle_visits()
        labels = dict(self._fields["state"]._description_selection(self.env)) | {
            "registered": self.env._("Registered"),
            "force": self.env._("In force"),
            "expired": self.env._("Expired"),
            "archived": self.env._("Archived"),
        }
        steps = []
        for key in self._get_lifecycle_keys(visits):
            seen = visits.get(key, [])
            last = seen[-1] if seen else {}
            steps.append(
                {
                    "key": key,
                    "label": labels[key],
                    "status": self._get_lifecycle_status(key, bool(seen)),
                    "day": last.get("day") or "",
                    "date": last.get("date") or "",
                    "user": last.get("user") or "",
                    "seconds": sum(visit["seconds"] for visit in seen),
                    "visits": seen,
                }
            )
        return steps

    def _get_lifecycle_keys(self, visits):
        """Which steps the line has, in their order: what this document goes through, and what happened to it."""
        confirmed = "signed" if self.state == "signed" or "signed" in visits else "approved"
        keys = ["draft"]
        if self.kind_id.route_id or "review" in visits:
            keys += ["review", confirmed]
        # sudo: the kind may belong to the settings of another company
        first = self.kind_id.sudo().registration_moment == "before"
        keys.insert(1 if first else len(keys), "registered")
        if self.valid_from or self.valid_to:
            keys.append("force")
        keys.append("done")
        if self.state == "cancelled":
            keys = [key for key in keys if key in visits or key == "draft"] + ["cancelled"]
        elif self.validity == "expired" and self._is_confirmed():
            keys.append("expired")
        if not self.active:
            keys.append("archived")
        return keys

    def _get_lifecycle_status(self, key, seen):
        if key in ("cancelled", "expired"):
            return "bad"
        if key == self.state:
            return "current"
        if key == "force":
            begun = self.validity in ("valid", "expiring", "expired", "superseded")
            return "done" if begun and self._is_confirmed() else "todo"
        if key == "archived":
            return "current"
        if key in ("review", "approved", "signed") and self.state == "draft":
            # Sent back: what was reached once has to be reached again.
            return "todo"
        return "done" if seen else "todo"

    def _is_confirmed(self):
        """Whether the document counts: it went through its route, or needs none."""
        self.ensure_one()
        return self.state in ("approved", "signed", "done") or not (self.kind_id.route_id or self.state == "cancelled")

    def _get_lifecycle_visits(self):
        """Each stay of the document in each step, by step; the time of the present one runs on."""
        now = fields.Datetime.now()
        # sudo: who reads the document may know who moved it
        moves_sudo = self.sudo().transition_ids.sorted("id")
        stays = [("draft", self.create_date or now, self.sudo().author_id, 0, False)]
        visits = {}
        for move in moves_sudo:
            stay = (move.to_state, move.occurred_at, move.user_id, move.round, move.reason)
            if move.to_state == "registered":
                visits.setdefault("registered", []).append(self._format_visit(stay, stay[1]))
            else:
                stays.append(stay)
        for stay, after in zip(stays, [*stays[1:], None], strict=True):
            visits.setdefault(stay[0], []).append(self._format_visit(stay, after[1] if after else now))
        for key, day in (("force", self.valid_from or self.date), ("expired", self.valid_to)):
            text = self._format_day(day)
            visits[key] = [{"day": text, "date": text, "user": "", "round": 0, "seconds": 0, "reason": ""}]
        return visits

    def _format_visit(self, stay, until):
        _key, since, user_sudo, number, reason = stay
        return {
            "day": format_date(self.env, fields.Datetime.context_timestamp(self, since)),
            "date": self._format_moment(since),
            "user": user_sudo.name or "",
            "round": number,
            "seconds": max(0, int((until - since).total_seconds())),
            "reason": reason or "",
        }

    @api.model
    def _format_moment(self, moment):
        return format_datetime(self.env, moment)

    @api.model
    def _format_day(self, day):
        return format_date(self.env, day) if day else ""
