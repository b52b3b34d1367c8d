# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError


class CrmCampaignOperation(models.Model):
    """Moving what has not started: by the planning, or by the start date itself.

    An operation that was dispatched for later waits with its execution, which moves along.
    """

    _inherit = "crm.campaign.operation"

    is_waiting = fields.Boolean(
        string="Waits for Its Departure",
        compute="_compute_is_waiting",
        help="Dispatched for a moment that is still to come.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "execution_ids.state")
    def _compute_is_waiting(self):
        for operation in self:
            states = set(operation.execution_ids.mapped("state"))
            operation.is_waiting = operation.state == "running" and states == {"scheduled"}

    # === CRUD METHODS === #

    def write(self, vals):
        # EXTENDS crm_campaign — what was dispatched for later leaves at the new moment
        waiting = self.browse()
        if "date_start" in vals:
            waiting = self.filtered("is_waiting")
            waiting._lock_waiting()
        done = super().write(vals)
        waiting._follow_start()
        return done

    def _assert_content_editable(self, vals):
        # EXTENDS crm_campaign — what waits for its departure may be put off
        free = self.browse()
        if self._get_frozen_fields() & set(vals) == {"date_start"}:
            free = self.filtered("is_waiting")
        return super(CrmCampaignOperation, self - free)._assert_content_editable(vals)

    def _lock_waiting(self):
        """Keep operations from leaving while they are moved.

        :raise UserError: one of them is leaving right now
        """
        try:
            # Superuser: users only read executions; nothing of them is shown.
            self.execution_ids.sudo().lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._("“%(name)s” is leaving right now.", name=self[:1].name)
            ) from error

    def _follow_start(self):
        """Have the executions of operations that wait leave at the start of their operation.

        :raise UserError: there is no such moment, or it has passed
        """
        now = fields.Datetime.now()
        for operation in self:
            if not operation.date_start or operation.date_start <= now:
                raise UserError(
                    self.env._(
                        "“%(name)s” was dispatched and waits for its departure: choose a moment "
                        "that is still to come.",
                        name=operation.name,
                    )
                )
            executions = operation._get_executions_sudo()
            executions.scheduled_at = operation.date_start
            executions._trigger_sender(operation.date_start)

    # === BUSINESS METHODS === #

    def _move_to(self, start, end, keeps_duration):
        """Move the operation, its end along.

        :param datetime start: naive UTC
        :param datetime end: naive UTC
        :param bool keeps_duration: an operation without end stays without one
        :raise UserError: it has started
        """
        self.ensure_one()
        self._assert_movable()
        vals = {"date_start": start}
        if self.date_end or not keeps_duration:
            vals["date_end"] = end
        if self.call_plan:
            # Its days are no longer those of the operation.
            vals["call_plan"] = False
        self.write(vals)
        if "call_plan" in vals:
            self._message_log(body=self.env._("Moved: distribute its calls again."))

    def _move_to_day(self, day):
        """Move an insertion in the press that has nothing but a day.

        :param date day: of its issue
        :raise UserError: it came out, or it is under way
        """
        self.ensure_one()
        self._assert_movable()
        self.press_issue_date = day

    def _assert_movable(self):
        """Check that nothing of the operation has started.

        :raise UserError: says why it stays where it is
        """
        self.ensure_one()
        if self.state in self._get_movable_states() and not self.press_publication_date:
            return
        if self.operation_type == "call" and self.state in ("running", "suspended"):
            raise UserError(
                self.env._(
                    "The calls of “%(name)s” are planned day by day: choose them in All Calls, "
                    "then Reassign or Move.",
                    name=self.name,
                )
            )
        if not self.is_waiting:
            raise UserError(
                self.env._(
                    "“%(name)s” has started, or is over: it stays where it is.", name=self.name
                )
            )

    @api.model
    def _get_movable_states(self):
        """Name the states of what has not been dispatched. Extended by integrators.

        :rtype: tuple[str, ...]
        """
        return ("draft", "to_test", "proofing", "proof", "ready")
