# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import datetime, time

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import TYPES_WITHOUT_CHANNEL

# States in which a presence is over.
OVER = ("done", "cancelled")


class CrmCampaignOperation(models.Model):
    """Trade shows and press: operations that send nothing, and so have no channel nor execution.

    They are new, under way, finished or cancelled: their buttons move them, no job does.
    """

    _name = "crm.campaign.operation"
    _inherit = ["crm.campaign.operation", "crm.campaign.presence.mixin"]

    channel = fields.Selection(required=False)
    has_channel = fields.Boolean(compute="_compute_has_channel")

    # === COMPUTE METHODS === #

    @api.depends("operation_type")
    def _compute_has_channel(self):
        for operation in self:
            operation.has_channel = operation.operation_type not in TYPES_WITHOUT_CHANNEL

    @api.depends("operation_type")
    def _compute_is_editable(self):
        # EXTENDS crm_campaign — nothing has left that would have to stay as it was
        done = super()._compute_is_editable()
        for operation in self.filtered(lambda operation: not operation.has_channel):
            operation.is_editable = operation.state not in OVER
        return done

    @api.depends("press_issue_date", "press_publication_date")
    def _compute_date_calendar(self):
        # EXTENDS crm_campaign — an insertion is on the planning on its day
        done = super()._compute_date_calendar()
        for operation in self.filtered(lambda operation: not operation.date_calendar):
            day = operation.press_publication_date or operation.press_issue_date
            # At noon UTC, it is that day nearly everywhere.
            operation.date_calendar = day and datetime.combine(day, time(12))
        return done

    # === CONSTRAINTS === #

    @api.constrains("operation_type", "channel")
    def _check_has_channel(self):
        for operation in self:
            if operation.has_channel != bool(operation.channel):
                raise ValidationError(
                    self.env._(
                        "“%(name)s”: trade shows and press have no channel, everything else has.",
                        name=operation.name,
                    )
                )

    @api.constrains("show_visitors_expected", "show_visitors_real")
    def _check_visitors(self):
        for operation in self:
            if min(operation.show_visitors_expected, operation.show_visitors_real) < 0:
                raise ValidationError(
                    self.env._("“%(name)s”: a number of visitors is negative.", name=operation.name)
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS crm_campaign — no channel by default, nor proof
        nothing = {"channel": False, "needs_proof": False}
        return super().create(
            [
                {**vals, **nothing} if vals.get("operation_type") in TYPES_WITHOUT_CHANNEL else vals
                for vals in vals_list
            ]
        )

    # === ACTION METHODS === #

    def action_open(self):
        """Begin, or begin again after the end.

        :raise UserError: a mailing, which is dispatched
        """
        self._assert_presence()
        self.campaign_id._assert_open()
        for operation in self:
            if operation.state in ("draft", "to_test"):
                operation._move("ready")
            operation._move("running")

    def action_finish(self):
        """End: what came of it is known."""
        self._assert_presence()
        self._move("done")

    def action_ready(self):
        # EXTENDS crm_campaign — nothing waits for a dispatch
        self._assert_with_channel()
        return super().action_ready()

    def action_dispatch(self):
        # EXTENDS crm_campaign — nothing leaves
        self._assert_with_channel()
        return super().action_dispatch()

    def action_suspend(self):
        # EXTENDS crm_campaign — nothing to suspend
        self._assert_with_channel()
        return super().action_suspend()

    # === BUSINESS METHODS === #

    def _assert_presence(self):
        """Check that these are operations that send nothing.

        :raise UserError: names the first one that does
        """
        if sending := self.filtered("has_channel"):
            raise UserError(
                self.env._("“%(name)s” is dispatched, not opened.", name=sending[0].name)
            )

    def _assert_with_channel(self):
        """Check that these are operations that send something.

        :raise UserError: names the first one that does not
        """
        if silent := self - self.filtered("has_channel"):
            raise UserError(
                self.env._("“%(name)s” sends nothing: open it instead.", name=silent[0].name)
            )
