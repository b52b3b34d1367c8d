# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models


class CrmCampaignTarget(models.Model):
    _inherit = "crm.campaign.target"

    record_kind = fields.Selection(
        selection_add=[("registration", "Event Registrations")],
        ondelete={"registration": lambda targets: targets._retire_kind()},
    )

    @api.model
    def _get_models_by_kind(self):
        # EXTENDS crm_campaign — where registrations are kept
        return {**super()._get_models_by_kind(), "registration": "event.registration"}


class EventRegistration(models.Model):
    _name = "event.registration"
    _inherit = ["event.registration", "crm.campaign.target.mixin"]
