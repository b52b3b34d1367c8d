# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, email_normalize

from ..const import RESPONSE_KINDS

# What users may change of a response that was not entered by hand.
WRITABLE = {"note", "user_id"}


class CrmCampaignResponse(models.Model):
    """A reaction to an operation: one row a person, operation and kind.

    Colleagues enter some by hand. Replies, clicks and leads become responses in the job that
    counts (``crm_campaign_response_making``), successful calls when they end, visits when somebody
    is marked present, and codes when a visitor answers the public page. Last stage of the way of
    the data: results are counted from it.
    """

    _name = "crm.campaign.response"
    _inherit = ["crm.campaign.person.mixin"]
    _description = "Campaign Response"
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _check_company_auto = True
    # There may be as many as clicks.
    _log_access = False

    campaign_id = fields.Many2one(
        "crm.campaign",
        compute="_compute_campaign_id",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        ondelete="cascade",
        check_company=True,
    )
    operation_id = fields.Many2one(
        "crm.campaign.operation",
        ondelete="cascade",
        index="btree_not_null",
        domain="[('campaign_id', '=?', campaign_id)]",
        check_company=True,
        help="Empty: a response to the campaign as a whole.",
    )
    company_id = fields.Many2one(
        related="campaign_id.company_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(RESPONSE_KINDS, required=True, default="manual", readonly=True)
    # Who
    partner_id = fields.Many2one(ondelete="set null")
    lead_id = fields.Many2one(ondelete="set null")
    recipient_id = fields.Many2one(
        "crm.campaign.recipient",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        export_string_translation=False,
    )
    address = fields.Char(
        help="Email address or number of a person who is neither a contact nor a lead."
    )
    contact_name = fields.Char(
        string="Name Left", readonly=True, help="What a visitor of the public page wrote."
    )
    # Who it is, for ever: a contact, else a lead, else an address. Deleting the contact leaves it.
    person = fields.Char(
        compute="_compute_person",
        store=True,
        precompute=True,
        required=True,
        export_string_translation=False,
    )
    # What
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users",
        string="Recorded By",
        default=lambda self: self.env.user,
        ondelete="set null",
        domain=[("share", "=", False)],
        help="Empty when no colleague took part.",
    )
    note = fields.Text()
    # Part of the stored figures of campaign and operation
    is_counted = fields.Boolean(readonly=True, export_string_translation=False)

    _person_uniq = models.UniqueIndex(
        "(campaign_id, COALESCE(operation_id, 0), kind, person)",
        "This person's response of this kind is recorded already.",
    )
    _new_idx = models.Index("(id) WHERE is_counted IS NOT TRUE")

    # === COMPUTE METHODS === #

    @api.depends("operation_id.campaign_id")
    def _compute_campaign_id(self):
        for response in self:
            response.campaign_id = response.operation_id.campaign_id or response.campaign_id

    @api.depends("partner_id", "lead_id", "address")
    def _compute_person(self):
        for response in self:
            response.person = (
                (response.partner_id and f"p{response.partner_id.id}")
                or (response.lead_id and f"l{response.lead_id.id}")
                or (
                    response.address and f"a{email_normalize(response.address) or response.address}"
                )
                or response.person
            )

    @api.depends("partner_id", "lead_id", "address", "contact_name")
    def _compute_display_name(self):
        for response in self:
            # Superuser: the name of who answered, for whoever may read the response.
            response_sudo = response.sudo()
            response.display_name = (
                response_sudo.partner_id.display_name
                or response.contact_name
                or response_sudo.lead_id.contact_name
                or response_sudo.lead_id.display_name
                or response.address
                or (self.env._("Unknown Person") if response.id else False)
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._assert_by_hand(vals_list)
        responses = super().create([self._prepare_person(vals) for vals in vals_list])
        self.flush_model()
        self._count_new(responses)
        return responses

    @api.model
    def _prepare_person(self, vals):
        """Have the contact of a lead be found, where a form says that none was chosen."""
        if vals.get("lead_id") and not vals.get("partner_id"):
            return {name: value for name, value in vals.items() if name != "partner_id"}
        return vals

    @api.model
    def _assert_by_hand(self, vals_list):
        """Refuse what only happens by itself, and a response of nobody.

        :raise UserError: says which
        """
        for vals in vals_list:
            if vals.get("kind", "manual") != "manual" or vals.get("is_counted"):
                raise UserError(self.env._("By hand, responses are recorded as such only."))
            if not (vals.get("partner_id") or vals.get("lead_id") or vals.get("address")):
                raise UserError(
                    self.env._("Say who answered: a contact, a lead, or an email address.")
                )

    def write(self, vals):
        if not self.env.su and set(vals) - WRITABLE:
            if {"kind", "is_counted"} & set(vals):
                raise UserError(self.env._("By hand, responses are recorded as such only."))
            for response in self.filtered(lambda response: response.kind != "manual"):
                raise UserError(
                    self.env._(
                        "The response of “%(name)s” was not entered by hand: only its note "
                        "changes.",
                        name=response.display_name,
                    )
                )
        moved = {"campaign_id", "operation_id", "date"} & set(vals)
        before = (self.operation_id, self.campaign_id) if moved else ()
        done = super().write(vals)
        if moved:
            self._recount(before[0] | self.operation_id, before[1] | self.campaign_id)
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_except_made(self):
        made = self.filtered(lambda response: response.kind != "manual")
        for response in made if not self.env.su else ():
            raise UserError(
                self.env._(
                    "The response of “%(name)s” was not entered by hand: it cannot be deleted.",
                    name=response.display_name,
                )
            )

    def unlink(self):
        operations, campaigns = self.operation_id, self.campaign_id
        done = super().unlink()
        self._recount(operations, campaigns)
        return done

    # === BUSINESS METHODS - FIGURES === #

    @api.model
    def _count_new(self, responses=None):
        """Add responses that were not counted yet to the figures of operation and campaign.

        :param responses: those to count; all by default
        """
        self.env["res.partner"].flush_model(["tz"])
        which = SQL("TRUE") if responses is None else SQL("id IN %s", tuple(responses.ids or [0]))
        self.env.cr.execute(
            SQL(
                """
                WITH fresh AS (
                    UPDATE crm_campaign_response SET is_counted = TRUE
                     WHERE is_counted IS NOT TRUE AND %s
                 RETURNING campaign_id, operation_id, company_id, kind, date),
                days AS (%s),
                counted AS (
                    UPDATE crm_campaign_operation o
                       SET response_count = COALESCE(o.response_count, 0) + n.number
                      FROM (SELECT operation_id, count(*) AS number FROM fresh GROUP BY 1) n
                     WHERE o.id = n.operation_id)
                UPDATE crm_campaign c
                   SET response_count = COALESCE(c.response_count, 0) + n.number
                  FROM (SELECT campaign_id, count(*) AS number FROM fresh GROUP BY 1) n
                 WHERE c.id = n.campaign_id
                """,
                which,
                self.env["crm.campaign.total"]._get_response_insert_sql(SQL("fresh")),
            )
        )
        self._forget_figures()

    @api.model
    def _recount(self, operations, campaigns):
        """Count all responses of some operations and campaigns again, after some are gone."""
        self.flush_model()
        for records, column in ((operations, "operation_id"), (campaigns, "campaign_id")):
            if not records:
                continue
            self.env.cr.execute(
                SQL(
                    "UPDATE %(table)s SET response_count = (SELECT count(*)"
                    " FROM crm_campaign_response r WHERE r.%(column)s = %(table)s.id"
                    " AND r.is_counted) WHERE id IN %(ids)s",
                    table=SQL.identifier(records._table),
                    column=SQL.identifier(column),
                    ids=tuple(records.ids),
                )
            )
        self.env["crm.campaign.total"]._rebuild_responses(campaigns | operations.campaign_id)
        self._forget_figures()

    @api.model
    def _forget_figures(self):
        self.env["crm.campaign.operation"].invalidate_model(["response_count"])
        self.env["crm.campaign"].invalidate_model(["response_count"])
        self.env["crm.campaign.total"].invalidate_model()
        self.invalidate_model(["is_counted"])
