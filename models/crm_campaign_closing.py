# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..const import CALL_OPEN_STATES, RECIPIENT_WAITING_STATES
from .crm_campaign_action_todo import OPEN_STATES as TODO_OPEN_STATES

# States of an operation that is over.
OVER = ("done", "cancelled")
# States of an operation of which something has left: closing finishes it, the others are cancelled.
LEFT = ("running", "error")
# States of people who wait for a message; calls and to-dos are counted as such.
MESSAGE_STATES = tuple(set(RECIPIENT_WAITING_STATES) - {"to_call", "to_do"})


class CrmCampaign(models.Model):
    """The end of a campaign: everything that is still to happen in it is given up, at once.

    Statements over whole sets, in the transaction of the user: all or nothing.
    """

    _inherit = "crm.campaign"

    closed_at = fields.Datetime(string="Closed On", readonly=True, copy=False)
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")

    # === ACTION METHODS === #

    def action_ask_close(self):
        """Ask before closing, and count what that gives up."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Close “%s”", self.title),
            "res_model": "crm.campaign.close",
            "view_mode": "form",
            "target": "new",
            "context": {"default_campaign_id": self.id},
        }

    def action_close(self):
        """Close the campaign and all its operations; what they still had to do is given up.

        Operations of which something has left are finished, the others cancelled. People who still
        wait are withdrawn, calls that nobody tried are deleted; those that were tried stay, as
        cancelled, since attempts count for calling hours. To-dos of campaign and operations go.

        :raise UserError: it is closed already
        :raise AccessError: no right on the campaign
        """
        self.check_access("write")
        if closed := self.filtered(lambda campaign: campaign.state == "closed"):
            raise UserError(self.env._("“%(name)s” is closed already.", name=closed[0].title))
        # Superuser from here on: executions, recipients and calls are written by what is done with
        # their campaign only; the right on it was checked just above.
        campaigns = self.sudo()
        campaigns._end_operations()
        campaigns._drop_todos()
        campaigns.write(
            {
                "state": "closed",
                "closed_at": fields.Datetime.now(),
                "closed_by_id": self.env.uid,
            }
        )

    def action_ask_duplicate(self):
        """Ask for the period of a copy whose dates are shifted."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Duplicate “%s”", self.title),
            "res_model": "crm.campaign.duplicate",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_campaign_id": self.id,
                "default_title": self.title,
                "default_date_start": self.date_start + relativedelta(years=1),
            },
        }

    def action_reopen(self):
        """Open the campaign again; nothing that closing gave up comes back.

        :raise AccessError: the user is no marketing manager
        """
        self.check_access("write")
        if not self.env.user.has_group("crm_campaign.crm_campaign_group_manager"):
            raise AccessError(self.env._("Only a marketing manager reopens a campaign."))
        # Superuser: the state is written by closing and reopening only.
        self.filtered(lambda campaign: campaign.state == "closed").sudo().write(
            {"state": "open", "closed_at": False, "closed_by_id": False}
        )

    # === BUSINESS METHODS === #

    def _count_to_close(self):
        """Count what closing gives up.

        :return: ``operations`` not over, ``recipients`` who wait for a message, ``calls`` to be
            made, ``todos`` of mass actions and those on the campaign and its operations
        :rtype: dict[str, int]
        """
        self.check_access("read")
        # Superuser: numbers of what belongs to campaigns that the user may read.
        campaigns = self.sudo()
        executions = campaigns._get_executions()
        operations = campaigns._get_operations()
        Call = campaigns.env["crm.campaign.call"]
        return {
            "operations": len(operations.filtered(lambda operation: operation.state not in OVER)),
            "recipients": campaigns.env["crm.campaign.recipient"].search_count(
                [
                    ("execution_id", "in", executions.ids),
                    ("state", "in", MESSAGE_STATES),
                ]
            ),
            "calls": Call.search_count(
                [("operation_id", "in", operations.ids), ("state", "in", CALL_OPEN_STATES)]
            ),
            "todos": len(campaigns._get_todos())
            + campaigns.env["crm.campaign.action.todo"].search_count(
                [("operation_id", "in", operations.ids), ("state", "in", TODO_OPEN_STATES)]
            ),
        }

    def _get_operations(self):
        return self.with_context(active_test=False).operation_ids

    def _get_executions(self):
        """Return the executions of self that are not over."""
        return self.env["crm.campaign.execution"].search(
            [("campaign_id", "in", self.ids), ("state", "not in", (*OVER, "skipped"))]
        )

    def _get_todos(self):
        """Return the open activities on campaigns and operations."""
        return (
            self.with_context(active_test=False).activity_ids | self._get_operations().activity_ids
        )

    def _drop_todos(self):
        """Cancel what colleagues still had to do."""
        self._get_todos().unlink()

    def _end_operations(self):
        """End operations and executions, with all who wait in them."""
        executions, operations = self._get_executions(), self._get_operations()
        self.env.flush_all()
        self._drop_calls(operations)
        executions._cancel()
        left = operations.filtered(lambda operation: operation.state in LEFT)
        left.state = "done"
        others = operations.filtered(lambda operation: operation.state not in OVER)
        others.state = "cancelled"

    def _drop_calls(self, operations):
        """Delete the calls that nobody tried; those that were tried are cancelled afterwards."""
        if not operations:
            return
        self.env.cr.execute(
            SQL(
                "DELETE FROM crm_campaign_call WHERE operation_id IN %s AND state IN %s"
                " AND NOT EXISTS (SELECT FROM crm_campaign_call_attempt a"
                "                  WHERE a.call_id = crm_campaign_call.id)",
                tuple(operations.ids),
                CALL_OPEN_STATES,
            )
        )
        Call = self.env["crm.campaign.call"]
        Call._cancel_rows(
            self.env.cr,
            SQL("c.operation_id IN %s", tuple(operations.ids)),
            self.env._("Campaign closed"),
        )

    def _assert_open(self):
        """Refuse to begin something in a campaign that is closed.

        :raise UserError: names it
        """
        for campaign in self:
            if campaign.state == "closed":
                raise UserError(
                    self.env._(
                        "“%(name)s” is closed: a marketing manager may reopen it.",
                        name=campaign.title,
                    )
                )
