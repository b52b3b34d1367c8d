# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import IMPORT_STATUSES


class CrmCampaignTargetImportLine(models.Model):
    """What became of one line of an imported file. Written once, by the import, in bulk.

    There may be a million of them: no columns of authors and dates, those of the import hold.
    """

    _name = "crm.campaign.target.import.line"
    _description = "Campaign Target Import Line"
    _log_access = False
    _order = "import_id desc, line_number"
    _rec_name = "line_number"

    import_id = fields.Many2one("crm.campaign.target.import", required=True, ondelete="cascade")
    line_number = fields.Integer(string="Line", required=True, aggregator=None)
    reference = fields.Char()
    email = fields.Char()
    phone = fields.Char()
    name = fields.Char()
    company = fields.Char()
    status = fields.Selection(IMPORT_STATUSES, required=True)
    res_model = fields.Char(related="import_id.target_id.res_model", string="Model of Record")
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", help="Who was recognised or created."
    )
    message = fields.Char(string="Why")

    _import_idx = models.Index("(import_id, line_number)")

    # === ACTION METHODS === #

    def action_open_record(self):
        """Open who was recognised or created, if anybody was."""
        self.ensure_one()
        if not self.res_id:
            return False
        return self.env[self.res_model].browse(self.res_id).get_formview_action()

    # === BUSINESS METHODS === #

    @api.autovacuum
    def _gc_lines(self, limit=100_000):
        """Delete old reports.

        They repeat what a file said about people, also about those whom nobody knows and who never
        agreed to be kept. A report serves to put a file right, which is done within weeks; the
        figures of the import and the people in the target stay.

        :return: number of lines deleted, and whether more remain
        :rtype: tuple[int, bool]
        """
        days = self.env["crm.campaign.target.import"]._retention_days
        before = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM crm_campaign_target_import_line
                 WHERE id IN (SELECT line.id
                                FROM crm_campaign_target_import_line line
                                JOIN crm_campaign_target_import import
                                  ON import.id = line.import_id
                               WHERE import.finished_at < %s
                               LIMIT %s)
                """,
                before,
                limit,
            )
        )
        deleted = self.env.cr.rowcount
        self.invalidate_model()
        return deleted, deleted == limit
