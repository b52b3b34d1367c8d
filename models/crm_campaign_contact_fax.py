# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column


class CrmCampaignContactMixin(models.AbstractModel):
    """The fax number, which the host's contacts and leads do not have."""

    _inherit = "crm.campaign.contact.mixin"

    # Same name and type as in the OCA's contact addons, so that both may be installed together.
    fax = fields.Char()
    fax_sanitized = fields.Char(
        string="Fax in International Form",
        compute="_compute_fax_sanitized",
        store=True,
        export_string_translation=False,
        help="Empty when the number cannot be read: no fax is sent there.",
    )

    def _auto_init(self):
        # EXTENDS base — nobody has a number yet: computing it for each of a million contacts would
        # make the installation wait for nothing
        if not self._abstract and not column_exists(self.env.cr, self._table, "fax_sanitized"):
            create_column(self.env.cr, self._table, "fax_sanitized", "varchar")
        return super()._auto_init()

    @api.depends(lambda self: self._get_fax_dependencies())
    def _compute_fax_sanitized(self):
        for record in self:
            number = record.fax and record._phone_format(fname="fax", force_format="E164")
            record.fax_sanitized = number or False

    @api.model
    def _get_fax_dependencies(self):
        """Name the fields that a number is read with."""
        return ["fax", *filter(None, [self._phone_get_country_field()])]


class CrmLead(models.Model):
    """The fax number goes from the leads to what becomes of them."""

    _inherit = "crm.lead"

    def _merge_get_fields(self):
        # EXTENDS crm — the first lead that has a number
        return [*super()._merge_get_fields(), "fax"]

    def _prepare_customer_values(self, partner_name, is_company=False, parent_id=False):
        # EXTENDS crm — the number goes with the others
        values = super()._prepare_customer_values(partner_name, is_company, parent_id)
        return {**values, "fax": self.fax}
