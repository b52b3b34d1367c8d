# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..exceptions import ChannelUnavailable


class CrmCampaignTemplateTest(models.TransientModel):
    """Send a content to addresses that one types, now, and leave no trace of it."""

    _name = "crm.campaign.template.test"
    _description = "Test a Template"

    template_id = fields.Many2one("crm.campaign.template", required=True, ondelete="cascade")
    operation_id = fields.Many2one("crm.campaign.operation", ondelete="cascade")
    channel = fields.Selection(related="template_id.channel")
    has_target = fields.Boolean(compute="_compute_has_target")
    mode = fields.Selection(
        [
            ("raw", "As they are written"),
            ("record", "Of a contact or lead"),
            ("first", "Of the first recipient"),
        ],
        string="Merge Fields",
        required=True,
        default="raw",
    )
    record = fields.Reference("_selection_record", string="Contact or Lead")
    recipients = fields.Char(
        string="Send To",
        compute="_compute_recipients",
        store=True,
        readonly=False,
        help="Several addresses are separated by commas.",
    )
    document = fields.Binary(attachment=False, readonly=True)

    # === DEFAULTS === #

    @api.model
    def _selection_record(self):
        return self.env["crm.campaign.target.explain"]._selection_record()

    # === COMPUTE METHODS === #

    @api.depends("operation_id")
    def _compute_has_target(self):
        for wizard in self:
            wizard.has_target = bool(wizard.operation_id.target_id)

    @api.depends("channel")
    def _compute_recipients(self):
        user = self.env.user
        for wizard in self:
            wizard.recipients = {"email": user.email, "sms": user.phone}.get(wizard.channel)

    # === ACTION METHODS === #

    def action_send(self):
        """Send the test, and say to whom; a letter is downloaded instead.

        :rtype: dict
        :raise UserError: what keeps it from being sent
        """
        self.ensure_one()
        self.template_id.check_access("read")
        if self.channel == "post":
            return self._download()
        company = self._get_company()
        addresses = self._get_channel()._read_test_addresses(self.recipients, company)
        with self._lend_content() as (execution, content, _recipient):
            self._hand_over(execution, content, addresses)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Test sent to %(list)s.", list=", ".join(addresses)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # === BUSINESS METHODS === #

    def _get_channel(self):
        return self.env[f"crm.campaign.channel.{self.channel}"]

    def _get_company(self):
        return self.operation_id.company_id or self.env.company

    def _hand_over(self, execution, content, addresses):
        """Send, and say whom it did not reach.

        :raise UserError: the server's words for each address
        """
        try:
            errors = self._get_channel()._send_test(execution, content, addresses)
        except ChannelUnavailable as error:
            raise UserError(str(error)) from error
        if errors:
            lines = [f"{address}: {reason}" for address, reason in errors.items()]
            raise UserError("\n".join([self.env._("The test was not sent to:"), *lines]))

    def _download(self):
        """Print a letter and download it."""
        with self._lend_content() as (execution, content, recipient):
            channel = self._get_channel()
            document, name = channel._make_test_document(execution, content, recipient)
        self.document = base64.b64encode(document)
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/document?filename={name}",
            "target": "new",
        }

    # === BUSINESS METHODS - CONTENT === #

    def _lend_content(self):
        """Lend what the test is made of, and undo whatever rendering it took.

        :return: context manager that gives the execution, the content and the recipient (empty
            when merge fields are shown as they are written)
        """
        return self.env["crm.campaign.execution"]._lend_content(
            self._prepare_execution_vals(), self.template_id, self._get_mode()
        )

    def _prepare_execution_vals(self):
        """Prepare the execution that the content is rendered for.

        :rtype: dict
        :raise UserError: no record was chosen
        """
        mode = self._get_mode()
        if mode == "first":
            # Rendered with the rights of the responsible.
            self.operation_id._assert_may_dispatch()
            return {
                **self.operation_id._prepare_execution_vals(),
                "operation_id": self.operation_id.id,
                "template_id": self.template_id.id,
            }
        record = self.env.user.partner_id
        if mode == "record":
            if not self.record:
                raise UserError(self.env._("Choose a contact or a lead first."))
            record = self.record
        record.check_access("read")
        vals = self.env["crm.campaign.execution"]._prepare_individual_vals(
            record, self.channel, self._get_purpose(), self.template_id
        )
        if self.operation_id:
            self.operation_id.check_access("read")
            vals.update(operation_id=self.operation_id.id, company_id=self._get_company().id)
        return vals

    def _get_mode(self):
        """Return how merge fields are shown; without an operation, choosing a record says it."""
        if self.has_target:
            return self.mode
        return "record" if self.record else "raw"

    def _get_purpose(self):
        return self.operation_id.purpose_id or self.template_id.purpose_id
