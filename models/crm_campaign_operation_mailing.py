# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models

from ..const import ADDRESS_RULES


class CrmCampaignOperation(models.Model):
    """What a mailing has of its own: whose address it uses, and what it leaves in histories."""

    _inherit = "crm.campaign.operation"

    address_rule = fields.Selection(
        ADDRESS_RULES,
        string="Address of Contacts",
        required=True,
        default="own",
        tracking=True,
        help="Where a contact who belongs to a company is reached.",
    )
    writes_history = fields.Boolean(
        string="Line in Histories",
        help="Write a line in the history of everybody to whom it was sent, when it is finished.",
    )

    # === BUSINESS METHODS === #

    def _get_frozen_fields(self):
        # EXTENDS crm_campaign — it decides which addresses were copied
        return super()._get_frozen_fields() | {"address_rule"}

    def _prepare_execution_vals(self):
        # EXTENDS crm_campaign — with the rule of addresses
        return {**super()._prepare_execution_vals(), "address_rule": self.address_rule}
