# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.fields import Domain


class CrmCampaignOperationAssistantLine(models.TransientModel):
    """A change of the list that an assistant prepares; they are applied in their order."""

    _name = "crm.campaign.operation.assistant.line"
    _description = "Change of a List"
    _order = "id"

    assistant_id = fields.Many2one(
        "crm.campaign.operation.assistant", required=True, ondelete="cascade", index=True
    )
    operator = fields.Selection(
        [
            ("union", "Added"),
            ("intersection", "Kept"),
            ("difference", "Removed"),
            ("lacking", "Removed who lacks an address"),
            ("empty", "Emptied"),
            ("addition", "Added by hand"),
            ("exclusion", "Removed by hand"),
        ],
        string="Change",
        required=True,
    )
    target_id = fields.Many2one("crm.campaign.target", ondelete="cascade")
    execution_id = fields.Many2one("crm.campaign.execution", ondelete="cascade")
    lack = fields.Char()
    res_ids = fields.Json()
    words = fields.Char(string="Of What", compute="_compute_words")

    # === COMPUTE METHODS === #

    @api.depends("operator", "target_id", "execution_id", "lack", "res_ids")
    def _compute_words(self):
        for line in self:
            names = [line.target_id.name, line.execution_id.display_name]
            if line.lack:
                people = self.env[line.assistant_id.res_model]
                names.append(line.assistant_id._get_lack_labels(people).get(line.lack))
            if line.res_ids:
                records = self.env[line.assistant_id.res_model].browse(line.res_ids)
                names += records.exists().mapped("display_name")
            line.words = ", ".join(filter(None, names))

    # === BUSINESS METHODS === #

    def _apply(self, domain):
        """Change a list.

        :param Domain domain: the list before
        :return: the list after
        :rtype: Domain
        """
        self.ensure_one()
        if self.operator == "empty":
            return Domain.FALSE
        if self.operator == "lacking":
            return domain & ~self.assistant_id._get_lack_domain(self.lack)
        if self.operator == "addition":
            return domain | Domain("id", "in", self.res_ids)
        if self.operator == "exclusion":
            return domain & Domain("id", "not in", self.res_ids)
        others = self._get_others()
        if self.operator == "union":
            return domain | others
        return domain & (others if self.operator == "intersection" else ~others)

    def _get_others(self):
        """Give the records of the target and of the earlier execution that the change names.

        :rtype: Domain
        """
        domains = []
        if self.target_id:
            domains.append(Domain("campaign_target_ids", "in", self.target_id.ids))
        if self.execution_id:
            domains.append(Domain("campaign_execution_ids", "in", self.execution_id.ids))
        return Domain.OR(domains)
