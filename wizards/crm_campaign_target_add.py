# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmCampaignTargetAdd(models.TransientModel):
    """Name the records selected in a list in a target: in, out, or as the criteria say again."""

    _name = "crm.campaign.target.add"
    _description = "Add to Target"

    target_id = fields.Many2one(
        "crm.campaign.target",
        required=True,
        domain="[('res_model', '=', res_model)]",
    )
    decision = fields.Selection(
        [
            ("addition", "Add: always in"),
            ("exclusion", "Exclude: always out"),
            ("forget", "As the criteria say"),
        ],
        required=True,
        default="addition",
    )
    reason = fields.Char(help="Why, for whoever wonders later.")
    res_model = fields.Char(default=lambda self: self.env.context.get("active_model"))
    record_kind = fields.Char(
        default=lambda self: self._default_record_kind(), export_string_translation=False
    )
    record_count = fields.Integer(
        string="Selected Records", default=lambda self: len(self._get_selected_ids())
    )

    @api.model
    def _default_record_kind(self):
        """Return the widest kind of the selected records, for the target that is made here."""
        models_by_kind = self.env["crm.campaign.target"]._get_models_by_kind()
        kinds = {
            model: kind for kind, model in models_by_kind.items()
        }  # the last one is the widest
        return kinds.get(self.env.context.get("active_model"))

    @api.model
    def _get_selected_ids(self):
        """Return the ids that are selected in the list."""
        return self.env.context.get("active_ids") or []

    def action_confirm(self):
        """Note the decision in the target, and show what was noted there by hand.

        :raise UserError: nothing selected, or records of another kind
        """
        self.ensure_one()
        records = self.env[self.res_model].browse(self._get_selected_ids())
        if not records:
            raise UserError(self.env._("Select records in the list first."))
        if self.decision == "addition":
            self.target_id._add_records(records, self.reason)
        elif self.decision == "exclusion":
            self.target_id._exclude_records(records, self.reason)
        else:
            self.target_id._forget_records(records)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s record(s) noted in target “%(target)s”.",
                    count=len(records),
                    target=self.target_id.name,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
