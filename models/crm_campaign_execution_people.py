# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmCampaignExecution(models.Model):
    """An execution as a criterion of the people it reached."""

    _inherit = "crm.campaign.execution"

    @api.model
    def _get_people_domain(self, res_model, operator, value):
        """Give the records of a model that executions were to reach, to search for them.

        :param value: ids of executions, or a domain on them, as in a domain on a many2many field
        :rtype: Domain
        :raise AccessError: the user may not read one of them
        """
        if operator not in ("in", "any"):
            return NotImplemented
        ids = self.search(value).ids if operator == "any" else value
        executions = self.browse([id_ for id_ in ids if isinstance(id_, int)])
        executions.check_access("read")
        executions = executions.filtered(lambda run: run.res_model == res_model)
        # Superuser: recipients of executions that the user may read.
        reached = [("execution_id", "in", executions.ids), ("exclusion", "=", False)]
        query = self.env["crm.campaign.recipient"].sudo()._search(reached)
        return Domain("id", "in", query.subselect(SQL.identifier(query.table, "res_id")))
