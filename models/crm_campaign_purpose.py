# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class CrmCampaignPurpose(models.Model):
    """Why one writes (service, information, marketing): what consent is checked against.

    Read by operations, templates and executions; written by marketing managers.
    """

    _name = "crm.campaign.purpose"
    _description = "Campaign Purpose"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short identifier, the same in every language.")
    description = fields.Text(translate=True)
    sequence = fields.Integer(default=10)
    can_unsubscribe = fields.Boolean(
        string="Unsubscribe Link",
        default=True,
        help="Messages of this purpose always carry an unsubscribe link: it is added at the foot "
        "when the template has none.",
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "The code of a purpose must be unique.")
