# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models

from ..const import PRIORITIES


class MailActivity(models.Model):
    """A to-do that an automatic task made."""

    _inherit = "mail.activity"

    campaign_task_id = fields.Many2one(
        "crm.campaign.task",
        string="Automatic Task",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    # No foreign key: recipients are never deleted.
    campaign_recipient_id = fields.Integer(readonly=True, export_string_translation=False)
    campaign_priority = fields.Selection(PRIORITIES, string="Priority", default="0")

    # One to-do a recipient, whoever makes it again.
    _campaign_recipient_uniq = models.UniqueIndex(
        "(campaign_recipient_id) WHERE campaign_recipient_id IS NOT NULL",
        "A run makes one to-do per record.",
    )
