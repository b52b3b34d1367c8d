# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models
from odoo.exceptions import UserError

# States in which nothing happens to a run any more.
ENDED = ("done", "cancelled", "skipped")


class CrmCampaignExecution(models.Model):
    """A line of the tracking: what one does with a run afterwards."""

    _inherit = "crm.campaign.execution"

    # Written by whoever makes executions of something that repeats by itself.
    run_kind = fields.Selection(
        [("one_shot", "One-Shot"), ("automatic", "Automatic")],
        string="Kind of Run",
        required=True,
        default="one_shot",
        readonly=True,
    )
    # Not "active": an archived run keeps counting for its operation and its campaign.
    is_archived = fields.Boolean(string="Archived", readonly=True)

    # === ACTION METHODS === #

    def action_edit(self):
        """Open what the run is one of, to change the next ones: a run itself never changes."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.campaign.operation",
            "res_id": self.operation_id.id,
            "view_mode": "form",
        }

    def action_query_again(self):
        """List whom the target holds today, as its definition is today.

        :raise UserError: the run came without a target
        """
        self.ensure_one()
        if not self.target_id:
            raise UserError(self.env._("This run had no target."))
        return self.target_id.action_view_records()

    def action_view_history(self):
        """List the runs of the same operation, or of others with its target."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_campaign_execution_action"
        )
        same = [("operation_id", "=", self.operation_id.id)]
        if self.target_id:
            same = ["|", *same, ("target_id", "=", self.target_id.id)]
        return action | {
            "name": self.env._("History of %s", self.operation_id.name),
            "domain": same,
            "context": {},
        }

    def action_follow_up(self):
        """Prepare a target of those who were reached, to write to them again."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Follow Up"),
            "res_model": "crm.campaign.target",
            "view_mode": "form",
            "context": {
                "default_mode": "execution",
                "default_source_execution_id": self.id,
                "default_source_figure": "not_opened",
                "default_record_kind": self.record_kind,
                "default_name": self.env._("Follow-up of %s", self.display_name),
            },
        }

    def action_compare(self):
        """Prepare a target of those whom the run before did not reach: the new ones.

        :raise UserError: there is no earlier run of the operation or of its target
        """
        self.ensure_one()
        before = self.search(
            [
                ("id", "<", self.id),
                ("target_id", "=", self.target_id.id),
                ("res_model", "=", self.res_model),
                ("started_at", "!=", False),
            ],
            order="id desc",
            limit=1,
        )
        if not before:
            raise UserError(self.env._("No earlier run of this target to compare with."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compared with %s", before.display_name),
            "res_model": "crm.campaign.execution.compare",
            "view_mode": "form",
            "target": "new",
            "context": {"default_execution_id": self.id, "default_before_id": before.id},
        }

    def action_archive_run(self):
        """Put runs aside: they leave the list, not the figures.

        :raise UserError: one of them has not ended
        """
        if self.filtered(lambda run: run.state not in ENDED):
            raise UserError(self.env._("Only runs that have ended can be archived."))
        self._set_archived(True)

    def action_unarchive_run(self):
        """Put runs back into the list."""
        self._set_archived(False)

    def _set_archived(self, archived):
        """Write the mark, for those who may change the operations: runs are read-only.

        :raise AccessError: no right on one of the operations
        """
        self._assert_may_change()
        # Superuser: the right on what they are runs of was checked just now.
        self.sudo().is_archived = archived
