# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models
from odoo.exceptions import LockError, UserError


class CrmCampaignOperation(models.Model):
    """The way of an operation from ready to finished: what its buttons do."""

    _inherit = "crm.campaign.operation"

    # === ACTION METHODS === #

    def action_ready(self):
        """Declare the operation complete: checked, then waiting for its dispatch."""
        for operation in self:
            operation._assert_complete()
        self._move("ready")

    def action_draft(self):
        """Take a ready operation back to preparation."""
        for operation in self:
            operation._move("draft" if operation.state == "ready" else "to_test")

    def action_dispatch(self):
        """Depart now, or at the start date when it is in the future.

        Creates one execution. A departure for now freezes the recipients at once, in this
        transaction, so that the user sees who is in and out; the jobs send.

        :return: action that opens the execution
        :rtype: dict
        :raise UserError: incomplete operation, wrong state, nobody to write to
        """
        self.ensure_one()
        self.campaign_id._assert_open()
        self._lock_departure()
        self._assert_may_dispatch()
        if self.state == "draft":
            self.action_ready()
        else:
            self._assert_complete()
        self._move("running")
        # Superuser from here on: executions are made by departures only, never by hand; the right
        # to dispatch was checked above.
        execution_sudo = self.env["crm.campaign.execution"].sudo()
        execution_sudo = execution_sudo.create(self._prepare_execution_vals())
        execution_sudo._schedule_departure()
        return execution_sudo._get_form_action()

    def _assert_may_dispatch(self):
        """Refuse that a user makes messages leave with the rights of another one.

        :raise UserError: the user is neither the responsible nor a marketing manager
        """
        self.check_access("write")
        user = self.env.user
        is_manager = user.has_group("crm_campaign.crm_campaign_group_manager")
        if not (self.env.su or user == self._get_sender_user() or is_manager):
            raise UserError(
                self.env._(
                    "Only %(user)s or a marketing manager may dispatch “%(name)s”: its target is "
                    "evaluated with the rights of the responsible.",
                    user=self._get_sender_user().name,
                    name=self.name,
                )
            )

    def _lock_departure(self):
        """Keep the operation from leaving twice at the same moment.

        :raise UserError: somebody else is dispatching it right now
        """
        try:
            self.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._("“%(name)s” is being dispatched by somebody else.", name=self.name)
            ) from error

    def action_suspend(self):
        """Stop sending within one batch; what was accepted stays accepted."""
        self._move("suspended")
        self._get_executions_sudo()._suspend()

    def action_resume(self):
        """Go on with the recipients that still wait."""
        self.campaign_id._assert_open()
        self._move("running")
        self._get_executions_sudo()._resume()

    def action_ask_resume(self):
        """Ask what becomes of the messages that waited meanwhile, then go on."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Resume “%s”", self.name),
            "res_model": "crm.campaign.operation.resume",
            "view_mode": "form",
            "target": "new",
            "context": {"default_operation_id": self.id},
        }

    def _resume_without_waiting(self):
        """Go on, but give up the messages that waited while the operation was suspended."""
        executions = self._get_executions_sudo()
        self._move("running")
        executions.env["crm.campaign.recipient"]._withdraw_pending(
            executions.filtered(lambda run: run.state == "suspended" and run.started_at),
            self.env._("Given up when the operation was resumed"),
        )
        executions._resume()

    def action_cancel(self):
        """Stop for good: recipients that still wait are withdrawn."""
        self._move("cancelled")
        self._get_executions_sudo()._cancel()

    def action_retry(self):
        """Send again to the recipients that failed, and to those that still wait."""
        self._move("running")
        self._get_executions_sudo()._retry()

    def action_duplicate(self):
        """Open a copy, which can be changed and sent."""
        self.ensure_one()
        return self.copy().get_formview_action()

    def action_view_executions(self):
        """Open the executions of the operation, or the only one."""
        self.ensure_one()
        if len(self.execution_ids) == 1:
            return self.execution_ids._get_form_action()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_campaign_execution_action"
        )
        action["domain"] = [("operation_id", "=", self.id)]
        return action

    def action_view_recipients(self):
        """Open the recipients of all executions of the operation."""
        self.ensure_one()
        return self.execution_ids._get_recipients_action([])

    # === BUSINESS METHODS === #

    def _assert_complete(self):
        """Check everything that departure needs, as the responsible user.

        :raise UserError: says what is missing, in the user's language
        """
        self.ensure_one()
        self._assert_filled_in()
        self.target_id._assert_someone(self._get_sender_user(), self.company_id)
        self._get_channel()._check_departure(self)

    def _assert_filled_in(self):
        """Check that every field is there without which the operation cannot leave.

        :raise UserError: names those that are empty
        """
        missing = [
            self._fields[name]._description_string(self.env)
            for name in self._get_departure_fields()
            if not self[name]
        ]
        if missing:
            raise UserError(
                self.env._(
                    "“%(name)s” cannot leave yet. Missing: %(fields)s.",
                    name=self.name,
                    fields=", ".join(missing),
                )
            )

    def _get_departure_fields(self):
        """Name the fields without which a mailing cannot leave.

        :rtype: list[str]
        """
        fields_by_type = {"mailing": ["target_id", "template_id", "purpose_id"]}
        return [*fields_by_type[self.operation_type], *self._get_channel()._departure_fields]

    def _get_channel(self):
        """Return the model that implements the operation's channel (see crm.campaign.channel)."""
        return self.env[f"crm.campaign.channel.{self.channel}"]

    def _get_sender_user(self):
        """Return the user with whose rights the target is evaluated and messages are written."""
        return self.user_id

    def _get_executions_sudo(self):
        """Return the executions, to be changed along with the operation.

        Superuser: users only read executions; the right to write on the operation is checked here.
        """
        self.check_access("write")
        return self.execution_ids.sudo()

    def _prepare_execution_vals(self):
        """Prepare the execution that a departure makes.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "operation_id": self.id,
            "target_id": self.target_id.id,
            "template_id": self.template_id.id,
            "purpose_id": self.purpose_id.id,
            "user_id": self.user_id.id,
            "channel": self.channel,
            "record_kind": self.target_id.record_kind,
            "res_model": self.target_id.res_model,
            "scheduled_at": self.date_start or fields.Datetime.now(),
        }

    def _follow_executions(self):
        """Take the state that the executions have reached together; called when one ends."""
        for operation in self.filtered(lambda op: op.state in ("running", "error")):
            states = set(operation.execution_ids.mapped("state"))
            if "error" in states:
                operation.state = "error"
            elif states <= {"done", "cancelled"}:
                operation.state = "done"
