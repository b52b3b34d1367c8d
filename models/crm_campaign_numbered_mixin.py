# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmCampaignNumberedMixin(models.AbstractModel):
    """A record with a code of the sequence that bears its model's name.

    Whatever a caller says, a code is never typed, changed nor used again.
    """

    _name = "crm.campaign.numbered.mixin"
    _description = "Campaign Record with a Code"

    code = fields.Char(required=True, readonly=True, copy=False, default="/", index="trigram")

    _code_uniq = models.Constraint("UNIQUE(code)", "The code must be unique.")

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["code"] = self.env["ir.sequence"].next_by_code(self._name)
        return super().create(vals_list)

    def write(self, vals):
        if "code" in vals:
            raise UserError(self.env._("A code never changes."))
        return super().write(vals)

    def copy_data(self, default=None):
        # EXTENDS base — a copy says so in its name, where the name is the record's own
        vals_list = super().copy_data(default)
        name = self._fields.get("name")
        if name and not name.inherited and "name" not in (default or {}):
            for record, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%s (copy)", record.name)
        return vals_list
