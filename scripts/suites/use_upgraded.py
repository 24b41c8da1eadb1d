"""Runs in Odoo's shell on an updated database: what was there verifies, and the ordinary work goes on."""

env = env  # noqa: F821, PLW0127
approvals = env["paydox.approval"].search([])
assert approvals, "the demo data of the release has no approval"
broken = {approval.id: problem for approval in approvals if (problem := approval._find_broken_link())}
assert not broken, broken

document = env["paydox.document"].search([("state", "=", "review")], limit=1)
assert document, "the demo data of the release has no document on approval"
line = document.approval_id.line_ids.filtered(lambda line: line.state == "pending" and line.kind != "sign")[:1]
assert line, "nobody is asked on the document"
document.with_user(line.user_id).action_agree("Agreed after the update")
assert line.state == "remarks"
assert not document.approval_id._find_broken_link()

views = [(False, kind) for kind in ("list", "kanban", "form", "search")]
for model in ("paydox.document", "paydox.route", "paydox.document.kind", "paydox.approval.line", "crm.lead"):
    assert env[model].get_views(views if model == "paydox.document" else [views[0], views[2]])["views"]
