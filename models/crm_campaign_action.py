# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmCampaignAction(models.Model):
    """A line of a mass action: one to-do, or one lead, for each record of the target.

    Written while the operation is prepared. What became of each to-do is followed by
    ``crm.campaign.action.todo``; leads know their operation themselves.
    """

    _name = "crm.campaign.action"
    _description = "Mass Action Line"
    _inherit = ["crm.campaign.action.mixin"]

    operation_id = fields.Many2one(
        "crm.campaign.operation", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="operation_id.company_id")
    todo_ids = fields.One2many("crm.campaign.action.todo", "action_id", string="To-Dos")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._assert_editable()
        return lines

    def write(self, vals):
        self._assert_editable()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_left(self):
        self._assert_editable()

    def _assert_editable(self):
        """Refuse to change what has been made already.

        :raise UserError: the operation left
        """
        for operation in self.operation_id:
            if not operation.is_editable:
                raise UserError(
                    self.env._(
                        "“%(name)s” has already left: duplicate it to do something else.",
                        name=operation.name,
                    )
                )

    # === BUSINESS METHODS === #

    def _get_company(self):
        # EXTENDS crm_campaign — that of the operation
        return self.operation_id.company_id or super()._get_company()

    def _get_deadline(self, execution):
        """Return when what the line makes is due.

        :rtype: date
        """
        zone = execution.user_id.tz or "UTC"
        moment = execution.started_at or execution.scheduled_at
        moment = fields.Datetime.context_timestamp(self.with_context(tz=zone), moment)
        return moment.date() + timedelta(days=self.delay_days)

    def _fill_in(self, execution, text, recipients):
        """Put the values of merge fields in a text, with the rights of the responsible.

        :return: texts, in the order of the recipients; empty ones are None
        :rtype: list[str | None]
        """
        if "{{" not in (text or ""):
            return [text or None] * len(recipients)
        renderer = self.env["crm.campaign.template"].with_user(execution.user_id)
        renderer = renderer.with_context(allowed_company_ids=execution.company_id.ids)
        text = execution._freeze_text(text)
        channel = self.env["crm.campaign.channel.email"]
        filled = channel._render_subjects(renderer, text, recipients)
        return [filled[id_] or None for id_ in recipients.ids]
