from datetime import datetime

import pytz

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime

PRINTED_PURPOSES = ("approval", "acquaintance")


class PaydoxApproval(models.Model):
    """The printed sheet: what stands on it. It is drawn by the report."""

    _inherit = "paydox.approval"

    # === ACTIONS === #

    def action_print_sheet(self):
        """Print these rounds as sheets, one for each record."""
        self._check_printable()
        return self.env.ref("paydox_edms.action_report_approval_sheet").report_action(self)

    # === BUSINESS METHODS === #

    def _prepare_sheets(self):
        """A sheet for each record and purpose, as ``tools.pdf_sheet.draw_sheet`` takes it, beside its rounds."""
        self._check_printable()
        groups = self.sorted("id").grouped(lambda approval: (approval.res_model, approval.res_id, approval.purpose))
        return [(approvals, approvals._prepare_sheet()) for approvals in groups.values()]

    def _prepare_sheet(self):
        """The sheet of one record with all rounds of ``self``."""
        last = self[-1:]
        titles = {"approval": self.env._("Approval Sheet"), "acquaintance": self.env._("Acquaintance Sheet")}
        return {
            "title": titles[last.purpose],
            "facts": self._get_sheet_facts(),
            "sections": [section for approval in self for section in approval._prepare_sections()],
            "footer": self.env._(
                "Chain of decisions: %(hash)s · printed on %(moment)s by %(user)s",
                hash=last.last_hash or "",
                moment=self._format_moment(fields.Datetime.now()),
                user=self.env.user.name,
            ),
            "page_label": self.env._("Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
        }

    def _get_sheet_filename(self):
        self.ensure_one()
        return self._prepare_sheet_title().replace("/", "-")

    def _prepare_sheet_title(self):
        label = self.env._("Acquaintance Sheet") if self.purpose == "acquaintance" else self.env._("Approval Sheet")
        return f"{label} - {self._get_record().display_name}"

    # === HELPERS === #

    def _check_printable(self):
        self.check_access("read")
        if not self or self.filtered(lambda approval: approval.purpose not in PRINTED_PURPOSES):
            raise UserError(self.env._("There is no sheet to print. A vote has a protocol instead."))
        for model, approvals in self.grouped("res_model").items():
            self.env[model].browse(approvals.mapped("res_id")).check_access("read")

    def _get_sheet_facts(self):
        """Pairs of label and text about what the sheet is for."""
        last = self[-1]
        document, version = last.document_id, last.version_id
        facts = []
        if document:
            number = document.number or self.env._("not registered")
            facts = [
                (self.env._("Document"), document.name),
                (self.env._("Number and date"), f"{number}, {format_date(self.env, document.date)}"),
                (self.env._("Kind"), document.kind_id.name),
                (self.env._("Counterparty"), document.partner_id.display_name or "—"),
            ]
        else:
            facts = [(self.env._("Document"), last._get_record().display_name)]
        positions = self.requested_by_id._get_position_history(last.company_id)
        initiator = last.requested_by_id
        title = positions.pick(initiator, last.create_date)
        facts += [
            (self.env._("Company"), last.company_id.name or "—"),
            (self.env._("Initiator"), ", ".join(filter(None, (initiator.name, title)))),
        ]
        if version:
            facts += [(self.env._("File"), version.display_name), ("SHA-256", version.checksum)]
        zone = pytz.timezone(self.env.user.tz or "UTC")
        offset = datetime.now(zone).strftime("%z")
        facts.append((self.env._("Times are in"), f"{zone.zone} (UTC{offset[:3]}:{offset[3:]})"))
        return facts

    def _prepare_sections(self):
        """One round: what was decided, and who read it, each with its columns and rows."""
        self.ensure_one()
        lines = self.line_ids.sorted(lambda line: (line.step_id.sequence, line.sequence, line.id))
        readers = lines.filtered(lambda line: line.kind == "acquaint")
        common = {"title": self._get_section_title(), "notes": self._get_section_notes()}
        common["empty"] = self.env._("Nobody was asked.")
        reading = {"columns": self._get_acquaintance_columns(), "rows": readers._get_acquaintance_cells()}
        if self.purpose == "acquaintance":
            return [common | reading]
        decisions = common | {
            "columns": self._get_approval_columns(),
            "rows": self._get_approval_rows(lines - readers),
        }
        if not readers:
            return [decisions]
        return [decisions, common | reading | {"title": self.env._("Acquaintance"), "notes": []}]

    def _get_approval_rows(self, lines):
        """Rows of texts of those who decided."""
        return lines._get_approval_cells()

    def _get_section_title(self):
        state = dict(self._fields["state"]._description_selection(self.env))[self.state]
        return self.env._("Round %(number)s: %(state)s", number=self.round, state=state)

    def _get_section_notes(self):
        """Who sent it, who took it back, when it ended."""
        notes = [
            self.env._(
                "Sent by %(user)s on %(moment)s",
                user=self.requested_by_id.name,
                moment=self._format_moment(self.create_date),
            )
        ]
        notes += [
            self.env._(
                "Withdrawn by %(user)s on %(moment)s",
                user=decision.decided_by_id.name,
                moment=self._format_moment(decision.decided_at),
            )
            for decision in self.decision_ids
            if decision.action == "withdraw"
        ]
        if self.closed_at:
            notes.append(self.env._("Closed on %(moment)s", moment=self._format_moment(self.closed_at)))
        if self.route_id:
            notes.append(
                self.env._("Route: %(route)s, revision %(revision)s", route=self.route_id.name, revision=self.revision)
            )
        return [" · ".join(notes)]

    def _get_approval_columns(self):
        return [
            (self.env._("No."), 4),
            (self.env._("Stage"), 11),
            (self.env._("Position"), 12),
            (self.env._("Full name"), 14),
            (self.env._("Received"), 9),
            (self.env._("Term"), 9),
            (self.env._("Decided"), 9),
            (self.env._("Result"), 11),
            (self.env._("Remarks"), 23),
            (self.env._("Version"), 6),
            (self.env._("Signature"), 12),
        ]

    def _get_acquaintance_columns(self):
        return [
            (self.env._("No."), 5),
            (self.env._("Department"), 16),
            (self.env._("Position"), 16),
            (self.env._("Full name"), 19),
            (self.env._("Sent"), 10),
            (self.env._("Term"), 10),
            (self.env._("Opened"), 10),
            (self.env._("Acquainted"), 10),
            (self.env._("Version"), 7),
            (self.env._("Signature"), 14),
        ]

    def _format_moment(self, moment):
        return format_datetime(self.env, moment, dt_format="short") if moment else ""
