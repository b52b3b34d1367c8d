# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import models
from odoo.exceptions import UserError


class CrmCampaignTask(models.Model):
    """Switching a task on, off, and off by itself when it cannot run."""

    _inherit = "crm.campaign.task"

    # === BUSINESS METHODS - ON AND OFF === #

    def _start(self):
        """Check that everything is there, and wait for the next due moment.

        :raise UserError: says what is missing
        """
        for task in self:
            task._assert_may_switch_on()
            task._assert_complete()
            # What was noted while nobody saw that it was off.
            task._forget_events()
            task._schedule()

    def _stop(self):
        """Wait for nothing any more; what was about to leave does not leave."""
        for task in self.filtered("enabled"):
            task.enabled = False
        # Superuser: users only read executions; the right on the tasks was checked by the write.
        tasks_sudo = self.sudo()
        tasks_sudo.next_run = False
        tasks_sudo._forget_events()
        tasks_sudo.execution_ids._cancel_runs(self.env._("The task was switched off"))

    def _assert_may_switch_on(self):
        """Refuse that a user makes messages leave with the rights of another one.

        :raise UserError: the user is neither the responsible nor a marketing manager
        """
        user = self.env.user
        is_manager = user.has_group("crm_campaign.crm_campaign_group_manager")
        if not (self.env.su or user == self.user_id or is_manager):
            raise UserError(
                self.env._(
                    "Only %(user)s or a marketing manager may switch “%(name)s” on: its target is "
                    "evaluated with the rights of the responsible.",
                    user=self.user_id.name,
                    name=self.name,
                )
            )

    def _assert_complete(self):
        """Check everything that a run needs, as the responsible user.

        :raise UserError: says what is missing, in the user's language
        """
        self.ensure_one()
        self._assert_filled_in()
        self._assert_available()
        self.target_id._evaluated_by(self.user_id, self.company_id)
        if self.kind == "client":
            self.template_id._assert_content()

    def _assert_filled_in(self):
        """Check that every field is there without which the task cannot run, and who answers.

        :raise UserError: names those that are empty
        """
        missing = [
            self._fields[name]._description_string(self.env)
            for name in self._get_required_fields()
            if not self[name]
        ]
        if missing:
            raise UserError(
                self.env._(
                    "“%(name)s” cannot run. Missing: %(fields)s.",
                    name=self.name,
                    fields=", ".join(missing),
                )
            )
        # Superuser: whether a colleague still works here.
        if not self.active or not self.user_id.sudo().active:
            raise UserError(
                self.env._("“%s” cannot run: it, or its responsible, is archived.", self.name)
            )

    def _assert_available(self):
        """Check that the app that the type is about is installed, and the target of its kind.

        :raise UserError: they are not
        """
        if self.type_id and not self.type_id.is_available:
            raise UserError(
                self.env._("“%(type)s” needs an app that is not installed.", type=self.type_id.name)
            )
        if self.type_id and self.target_id.res_model != self.type_id._get_person_model():
            raise UserError(
                self.env._(
                    "“%(type)s” is not about the records of target “%(target)s”.",
                    type=self.type_id.name,
                    target=self.target_id.name,
                )
            )

    def _get_required_fields(self):
        """Name the fields without which a task cannot run. Extended by integrators.

        :rtype: list[str]
        """
        self.ensure_one()
        names = ["target_id", "date_start"]
        names += ["template_id", "purpose_id"] if self.kind == "client" else ["activity_type_id"]
        names += ["email_from"] if self.action == "email" else []
        names += ["date_field"] if self.needs_date_field else []
        names += ["stage_id"] if self.needs_stage else []
        return names

    def _set_error(self, message):
        """Switch the task off because it cannot run, and tell its responsible."""
        for task in self:
            # Superuser: written by the job.
            task.sudo().write({"enabled": False, "next_run": False, "error_message": message})
            task._tell_owner(self.env._("The automatic task stopped"), message)
