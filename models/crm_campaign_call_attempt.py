# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class CrmCampaignCallAttempt(models.Model):
    """One time that somebody was called, or passed over: who, when, how it ended.

    Written by the calls only (``_record_outcome``, ``_skip``), never changed afterwards.
    """

    _name = "crm.campaign.call.attempt"
    _description = "Call Attempt"
    _order = "date desc, id desc"
    _rec_name = "outcome_id"
    _log_access = False

    call_id = fields.Many2one(
        "crm.campaign.call", required=True, readonly=True, ondelete="cascade", index=True
    )
    operation_id = fields.Many2one(related="call_id.operation_id")
    partner_id = fields.Many2one(related="call_id.partner_id")
    user_id = fields.Many2one(
        "res.users", string="Caller", required=True, readonly=True, ondelete="restrict"
    )
    date = fields.Datetime(string="Called On", required=True, readonly=True)
    # As it was dialled: what counts for attempts at most, whatever the contact says later
    phone = fields.Char(readonly=True)
    outcome_id = fields.Many2one(
        "crm.campaign.call.outcome",
        readonly=True,
        ondelete="restrict",
        help="Empty: the call was passed over.",
    )
    is_reached = fields.Boolean(related="outcome_id.is_reached")
    is_success = fields.Boolean(related="outcome_id.is_success")
    note = fields.Text(readonly=True)
    duration = fields.Integer(
        string="Duration (s)",
        readonly=True,
        help="Seconds from taking the call to saying how it ended, 30 minutes at most.",
    )
    # Made up by the screen of the caller: what it sends twice, after a lost answer, counts once
    token = fields.Char(readonly=True, export_string_translation=False)

    _token_uniq = models.UniqueIndex(
        "(token) WHERE token IS NOT NULL", "This attempt is noted already."
    )
    _phone_idx = models.Index("(phone, date) WHERE outcome_id IS NOT NULL")
    _user_idx = models.Index("(user_id, date)")
