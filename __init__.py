# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.tools import SQL

from . import controllers, models, reports, wizards


def uninstall_hook(env):
    """Make way for the host, which deletes records one model after the other.

    The automation rules of automatic tasks call what goes away; recipients and executions, which
    users never delete, hold on to tasks, targets and templates, and calls and to-dos to recipients.
    """
    tasks = env["crm.campaign.task"].with_context(active_test=False)
    tasks.search([("automation_ids", "!=", False)])._drop_automations()
    for model in (
        "crm.campaign.call",
        "crm.campaign.action.todo",
        "crm.campaign.recipient",
        "crm.campaign.execution",
    ):
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(env[model]._table)))
        env[model].invalidate_model()
