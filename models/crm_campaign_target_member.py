# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import MEMBER_ORIGINS


class CrmCampaignTargetMember(models.Model):
    """A record that a person put into a target or kept out of it, or that a file brought.

    The only records that a target names one by one: who did it and when is kept, and they stick
    whatever the criteria say afterwards. There may be a million of them in an import, so nothing
    here points at the record with a foreign key: a deleted record simply is found no more.
    """

    _name = "crm.campaign.target.member"
    _description = "Campaign Target Member"
    _order = "id desc"
    _rec_name = "res_id"

    target_id = fields.Many2one("crm.campaign.target", required=True, ondelete="cascade")
    res_model = fields.Char(related="target_id.res_model", string="Model of Record")
    res_id = fields.Many2oneReference(string="Record", model_field="res_model", required=True)
    origin = fields.Selection(MEMBER_ORIGINS, required=True)
    reason = fields.Char(help="Why this record is in or out, for whoever wonders later.")

    # A record is in by hand or out by hand, once; a file may bring it besides.
    _hand_uniq = models.UniqueIndex(
        "(target_id, res_id) WHERE origin != 'import'",
        "A record is added to a target or excluded from it once.",
    )
    _import_uniq = models.UniqueIndex(
        "(target_id, res_id) WHERE origin = 'import'",
        "A file brings a record into a target once.",
    )

    # === COMPUTE METHODS === #

    @api.depends("res_id", "res_model", "origin")
    def _compute_display_name(self):
        origins = dict(self._fields["origin"]._description_selection(self.env))
        for member in self:
            member.display_name = f"{origins[member.origin]} · {member.res_id}"

    # === ACTION METHODS === #

    def action_open_record(self):
        """Open the record itself."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id).get_formview_action()

    # === BUSINESS METHODS === #

    @api.model
    def _put(self, target, res_ids, origin, reason=None):
        """Note records of a target by hand, in one statement; the last word about a record counts.

        :param target: one target, which the caller may change
        :param res_ids: ids of existing records of the target's model
        :param str origin: ``addition`` or ``exclusion``
        :param str | None reason: why
        """
        if not res_ids:
            return
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_campaign_target_member
                            (target_id, res_id, origin, reason,
                             create_uid, create_date, write_uid, write_date)
                SELECT %(target)s, chosen.id, %(origin)s, %(reason)s,
                       %(user)s, %(now)s, %(user)s, %(now)s
                  FROM (SELECT DISTINCT unnest(%(ids)s) AS id) AS chosen
                 ORDER BY chosen.id
                    ON CONFLICT (target_id, res_id) WHERE origin != 'import'
             DO UPDATE SET origin = EXCLUDED.origin, reason = EXCLUDED.reason,
                           write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date,
                           create_uid = EXCLUDED.create_uid, create_date = EXCLUDED.create_date
                """,
                target=target.id,
                origin=origin,
                reason=reason or None,
                user=self.env.uid,
                now=fields.Datetime.now(),
                ids=list(res_ids),
            )
        )
        self.invalidate_model()
        target._forget_figures()

    @api.model
    def _take_away(self, target, res_ids):
        """Forget what was noted by hand about records of a target: its criteria decide again."""
        if res_ids:
            self.search(
                [
                    ("target_id", "=", target.id),
                    ("res_id", "in", list(res_ids)),
                    ("origin", "!=", "import"),
                ]
            ).unlink()
            target._forget_figures()
