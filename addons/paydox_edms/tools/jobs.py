"""Waking a job at once, at the least cost: it happens in nearly every request."""

from odoo import fields


def wake(env, xmlid):
    """Let the job ``xmlid`` run after this transaction; nothing happens when somebody removed it.

    As ``_trigger``, which first reads the job to see whether it is switched on. A trigger of a job that is not is ignored.
    """
    if job_id := env["ir.model.data"]._xmlid_to_res_id(xmlid, raise_if_not_found=False):
        # sudo: business users have no access to the jobs
        env["ir.cron.trigger"].sudo().create({"cron_id": job_id, "call_at": fields.Datetime.now()})
        env.cr.postcommit.add(env["ir.cron"].sudo().browse(job_id)._notifydb)
