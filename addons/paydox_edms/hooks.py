"""What Odoo cannot do by itself when the addon goes."""

from odoo.tools import SQL

# Children before parents: each table is pointed to by those above it.
_TABLES = (
    "paydox_instruction_reminder_sent",
    "paydox_instruction_reminder",
    "paydox_instruction_notice",
    "paydox_instruction_transition",
    "paydox_instruction_extension",
    "paydox_instruction_executor",
    "paydox_instruction",
    "paydox_instruction_series",
    "paydox_case_question",
    "paydox_case_number",
    "paydox_case_step",
    "paydox_case",
    "paydox_case_condition",
    "paydox_case_field",
    "paydox_case_template_step",
    "paydox_case_section",
    "paydox_case_template",
    "paydox_external_review",
    "paydox_vote_guest",
    "paydox_signature",
    "paydox_approval_decision",
    "paydox_approval_line",
    "paydox_approval_step",
    "paydox_approval",
    "paydox_paper_movement",
    "paydox_paper_original",
    "paydox_paper_place",
    "paydox_document_number",
    "paydox_document_link",
    "paydox_document_permission",
    "paydox_document_transfer",
    "paydox_document_reminder_sent",
    "paydox_document_reminder",
    "paydox_document_control_point",
    "paydox_document_transition",
    "paydox_document_change",
    "paydox_document_access_log",
    "paydox_document_index",
    "paydox_document_version",
    "paydox_document",
    "paydox_document_kind_route",
)
_REMARKS = ("mail_activity", "mail_followers", "ir_attachment")


def uninstall_hook(env):
    """Remove the registry, so that its kinds and routes can go; people stay, they do not belong to the addon."""
    env.flush_all()
    env.cr.execute("UPDATE paydox_instruction SET parent_id = NULL")
    env.cr.execute("UPDATE paydox_case_template SET previous_id = NULL")
    env.cr.execute("UPDATE paydox_case_template_step SET sub_template_id = NULL")
    env.cr.execute("UPDATE paydox_document SET parent_id = NULL")
    env.cr.execute("UPDATE paydox_paper_place SET parent_id = NULL")
    for table in _TABLES:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
    for table in _REMARKS:
        env.cr.execute(SQL("DELETE FROM %s WHERE res_model LIKE 'paydox.%%'", SQL.identifier(table)))
    env.cr.execute("DELETE FROM mail_message WHERE model LIKE 'paydox.%'")
    env.cr.execute(
        """
        DELETE FROM ir_model_data
         WHERE module = 'paydox_edms' AND model IN ('res.users', 'res.partner', 'hr.employee', 'hr.department')
        """
    )
    env.invalidate_all()
