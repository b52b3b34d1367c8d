# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class CrmCampaignTarget(models.Model):
    """What is said about single records: added by hand, excluded by hand, brought by a file.

    They stick: criteria may change, a file may be imported again, a hand-made addition stays in and
    an exclusion stays out. Excluded records still are looked at by a departure, which leaves them
    out with that reason; sets made of the target do not see them.
    """

    _inherit = "crm.campaign.target"

    mode = fields.Selection(selection_add=[("import", "Import")], ondelete={"import": "cascade"})
    member_ids = fields.One2many("crm.campaign.target.member", "target_id", string="Named Records")
    addition_count = fields.Integer(string="Additions", compute="_compute_member_counts")
    exclusion_count = fields.Integer(
        string="Hand-Made Exclusions", compute="_compute_member_counts"
    )
    import_count = fields.Integer(string="Imported Records", compute="_compute_member_counts")
    # Looked up once an evaluation, whose steps all ask for one or the other.
    named_origins = fields.Json(compute="_compute_named_origins", export_string_translation=False)

    # === COMPUTE METHODS === #

    def _compute_member_counts(self):
        counts = {
            (target.id, origin): count
            for target, origin, count in self.env["crm.campaign.target.member"]._read_group(
                [("target_id", "in", self.ids)], ["target_id", "origin"], ["__count"]
            )
        }
        for target in self:
            target.addition_count = counts.get((target.id, "addition"), 0)
            target.exclusion_count = counts.get((target.id, "exclusion"), 0)
            target.import_count = counts.get((target.id, "import"), 0)

    @api.depends("member_ids.origin")
    def _compute_named_origins(self):
        """Tell by which origins records are named, without reading them."""
        for target in self:
            target.named_origins = target._read_named_origins()

    # === CRUD METHODS === #

    def write(self, vals):
        # EXTENDS crm_campaign — an id named for one model means somebody else in another
        if "record_kind" in vals:
            model = self._get_models_by_kind().get(vals["record_kind"])
            for target in self.filtered(lambda target: target.res_model != model):
                if target._get_named_sql("addition", "exclusion", "import"):
                    raise ValidationError(
                        self.env._(
                            "Target “%(name)s” names records one by one: it cannot change to "
                            "records of another type.",
                            name=target.name,
                        )
                    )
        return super().write(vals)

    # === ACTION METHODS === #

    def action_view_members(self):
        """Open what was said about single records, and by whom."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_campaign_target_member_action"
        )
        action["domain"] = [("target_id", "=", self.id)]
        return action

    # === BUSINESS METHODS === #

    def _add_records(self, records, reason=None):
        """Put records into the target by hand; they stay, whatever the criteria say.

        :param records: records of the target's model and kind that the user may read
        :raise UserError: records of another kind
        """
        self._assert_may_name(records)
        strangers = records - records.with_context(active_test=False).search(
            Domain("id", "in", records.ids) & self._get_kind_domain()
        )
        if strangers:
            raise UserError(
                self.env._(
                    "“%(record)s” is not of the kind of target “%(target)s”.",
                    record=strangers[0].display_name,
                    target=self.name,
                )
            )
        self.env["crm.campaign.target.member"]._put(self, records.ids, "addition", reason)

    def _exclude_records(self, records, reason=None):
        """Keep records out of the target by hand; they stay out, whatever the criteria say."""
        self._assert_may_name(records)
        self.env["crm.campaign.target.member"]._put(self, records.ids, "exclusion", reason)

    def _forget_records(self, records):
        """Take back what was said by hand about records: the criteria decide again."""
        self._assert_may_name(records)
        self.env["crm.campaign.target.member"]._take_away(self, records.ids)

    def _assert_may_name(self, records):
        """Check the right on the target and on the records.

        :raise UserError: records of another model
        """
        self.ensure_one()
        self.check_access("write")
        records.check_access("read")
        if records._name != self.res_model:
            raise UserError(
                self.env._("Target “%(name)s” holds records of another type.", name=self.name)
            )

    def _get_named_sql(self, *origins):
        """Give the ids that the target names with one of ``origins``, as a subquery.

        :rtype: SQL | None
        :return: None when there is none, so that criteria stay as simple as they are
        """
        self.ensure_one()
        # Superuser: who may evaluate a target may use what it is made of; the records themselves
        # still go through the rules of the user for whom it is evaluated.
        if not self.id or not set(origins) & set(self.sudo().named_origins or ()):
            return None
        Member = self.env["crm.campaign.target.member"].sudo()
        query = Member._search([("target_id", "=", self.id), ("origin", "in", origins)])
        return query.subselect(SQL.identifier(query.table, "res_id"))

    def _read_named_origins(self):
        """Look up by which origins the target names records: in indexes, however many they are.

        :rtype: list[str]
        """
        if not self.id:
            return []
        self.env["crm.campaign.target.member"].flush_model()
        named = SQL("SELECT 1 FROM crm_campaign_target_member WHERE target_id = %s", self.id)
        ((by_hand, imported),) = self.env.execute_query(
            SQL(
                "SELECT ARRAY(SELECT DISTINCT origin FROM crm_campaign_target_member"
                " WHERE target_id = %s AND origin != 'import'),"
                " EXISTS (%s AND origin = 'import')",
                self.id,
                named,
            )
        )
        return [*by_hand, "import"] if imported else by_hand

    def _get_definition(self):
        # EXTENDS crm_campaign — with the records that it names
        Member = self.env["crm.campaign.target.member"].sudo()
        named = Member._read_group(
            [("target_id", "=", self.id)], ["origin"], ["__count", "write_date:max"]
        )
        return (super()._get_definition(), named)

    def _get_criteria_domain(self):
        # EXTENDS crm_campaign — the people that a file brought
        if self.mode != "import":
            return super()._get_criteria_domain()
        named = self._get_named_sql("import")
        return Domain("id", "in", named) if named else Domain.FALSE

    def _get_explicit_sql(self):
        """Give every id that the target names one by one, at any depth, as a subquery.

        What is named and may not be seen by the sender is a row of a departure, with that reason;
        criteria alone never tell about records that the sender may not see. Extended by modes that
        yield ids.

        :rtype: SQL | None
        """
        self.ensure_one()
        return self._get_named_sql("addition", "import")

    def _describe_criteria(self):
        # EXTENDS crm_campaign — an import is told by its number
        if self.mode != "import":
            return super()._describe_criteria()
        imported = self.env._("%s imported from files", self.import_count)
        return f"{self._describe_kind()}{imported}"

    def _describe_named(self):
        """Put in words what was done by hand; empty when nothing was.

        :rtype: str
        """
        self.ensure_one()
        if not self.named_origins:
            return ""
        notes = [
            self.env._("%s added by hand", self.addition_count) if self.addition_count else "",
            self.env._("%s excluded by hand", self.exclusion_count) if self.exclusion_count else "",
        ]
        return ", ".join(filter(None, notes))
