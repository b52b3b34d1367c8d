# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models
from odoo.exceptions import UserError


class BaseAutomation(models.Model):
    """The automation rules of automatic tasks, which follow the tasks and are never edited."""

    _inherit = "base.automation"

    campaign_task_id = fields.Many2one(
        "crm.campaign.task",
        string="Automatic Task",
        readonly=True,
        copy=False,
        ondelete="cascade",
        index="btree_not_null",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        self._assert_own(vals)
        return super().write(vals)

    def unlink(self):
        self._assert_own(())
        return super().unlink()

    # === BUSINESS METHODS === #

    def _assert_own(self, names):
        """Refuse changes by hand: the task makes its rules anew whenever it changes.

        :param names: fields that are written; the job of the host notes when it ran
        :raise UserError: one of the rules belongs to an automatic task
        """
        context = self.env.context
        if context.get("crm_campaign_task_sync") or context.get("_force_unlink"):
            return
        if names and set(names) <= {"last_run"}:
            return
        for rule in self.filtered("campaign_task_id"):
            raise UserError(
                self.env._(
                    "“%(rule)s” follows the automatic task “%(task)s”: change the task.",
                    rule=rule.name,
                    task=rule.campaign_task_id.name,
                )
            )
