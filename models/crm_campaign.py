# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CrmCampaign(models.Model):
    """An objective over a period, with a budget; holds operations.

    It *is* a campaign of the host too (delegation to ``utm.campaign``), so that leads, quotations
    and links that the host attributes to that campaign count here without double entry.
    First stage of the way of the data; written by marketing users.
    """

    _name = "crm.campaign"
    _description = "Marketing Campaign"
    _inherit = ["mail.thread", "mail.activity.mixin", "crm.campaign.numbered.mixin"]
    _inherits = {"utm.campaign": "utm_campaign_id"}
    _order = "date_start desc, id desc"
    _rec_name = "title"
    _rec_names_search = ["title", "code"]
    _check_company_auto = True

    # Days between the start and the default end of a campaign.
    _default_duration_days = 90

    utm_campaign_id = fields.Many2one(
        "utm.campaign",
        string="Attribution Campaign",
        required=True,
        ondelete="restrict",
        index=True,
        help="UTM campaign to which leads, quotations and clicks are attributed.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    member_ids = fields.Many2many(
        "res.users",
        string="Shared With",
        domain=[("share", "=", False)],
        help="Users who work on this campaign besides its manager.",
    )
    state = fields.Selection(
        [("open", "Open"), ("closed", "Closed")],
        required=True,
        default="open",
        copy=False,
        readonly=True,
        index=True,
        tracking=True,
    )
    # Period
    date_start = fields.Date(
        string="Start", required=True, default=fields.Date.context_today, tracking=True
    )
    date_end = fields.Date(
        string="End",
        compute="_compute_date_end",
        store=True,
        precompute=True,
        readonly=False,
        tracking=True,
    )
    # Budget
    currency_id = fields.Many2one(
        "res.currency", default=lambda self: self.env.company.currency_id, tracking=True
    )
    budget_planned = fields.Monetary(string="Planned Budget", tracking=True)
    # Text
    objective = fields.Html()
    remark = fields.Text()
    # Operations
    operation_ids = fields.One2many("crm.campaign.operation", "campaign_id", string="Operations")
    operation_count = fields.Integer(
        string="Number of Operations", compute="_compute_operation_totals"
    )
    sent_count = fields.Integer(string="Sends", compute="_compute_operation_totals")

    _utm_campaign_uniq = models.UniqueIndex("(utm_campaign_id)")

    # === COMPUTE METHODS === #

    @api.depends("date_start")
    def _compute_date_end(self):
        for campaign in self:
            if campaign.date_start and not campaign.date_end:
                campaign.date_end = campaign.date_start + relativedelta(
                    days=self._default_duration_days
                )

    @api.depends("operation_ids.execution_ids.sent_count")
    def _compute_operation_totals(self):
        counts = dict(
            self.env["crm.campaign.operation"]
            .with_context(active_test=False)
            ._read_group([("campaign_id", "in", self.ids)], ["campaign_id"], ["__count"])
        )
        sent = dict(
            self.env["crm.campaign.execution"]._read_group(
                [("campaign_id", "in", self.ids)], ["campaign_id"], ["sent_count:sum"]
            )
        )
        for campaign in self:
            campaign.operation_count = counts.get(campaign._origin, 0)
            campaign.sent_count = sent.get(campaign._origin, 0)

    @api.depends("code", "title")
    def _compute_display_name(self):
        for campaign in self:
            campaign.display_name = campaign.title or campaign.code

    # === CONSTRAINTS === #

    @api.constrains("budget_planned", "currency_id")
    def _check_currency(self):
        for campaign in self:
            if campaign.budget_planned and not campaign.currency_id:
                raise ValidationError(
                    self.env._(
                        "Campaign “%(name)s” has a budget but no currency: choose its currency.",
                        name=campaign.title,
                    )
                )
            if campaign.budget_planned < 0:
                raise ValidationError(
                    self.env._("The budget of “%(name)s” is negative.", name=campaign.title)
                )

    @api.constrains("date_start", "date_end")
    def _check_dates(self):
        for campaign in self:
            if campaign.date_end and campaign.date_end < campaign.date_start:
                raise ValidationError(
                    self.env._("Campaign “%(name)s” ends before it starts.", name=campaign.title)
                )

    # === CRUD METHODS === #

    def write(self, vals):
        if "company_id" in vals and self.with_context(active_test=False).operation_ids:
            raise UserError(
                self.env._("The company of a campaign that has operations never changes.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_executed(self):
        """Keep what was really done: a campaign with an execution is archived, not deleted."""
        executed = self.env["crm.campaign.execution"].search(
            [("campaign_id", "in", self.ids)], limit=1
        )
        if executed:
            raise UserError(
                self.env._(
                    "Campaign “%(name)s” cannot be deleted: messages were sent for it. "
                    "Archive it instead.",
                    name=executed.campaign_id.title,
                )
            )

    def unlink(self):
        utm_campaigns = self.utm_campaign_id
        self.with_context(active_test=False).operation_ids.unlink()
        result = super().unlink()
        # Superuser: only administrators may delete a campaign of the host, and this one was
        # created for the record that the user had the right to delete just now.
        utm_campaigns.sudo().unlink()
        return result

    # === ACTION METHODS === #

    def action_view_operations(self):
        """Open the operations of the campaign."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_campaign_operation_action"
        )
        action["domain"] = [("campaign_id", "=", self.id)]
        action["context"] = {"default_campaign_id": self.id, "active_test": False}
        return action

    def action_view_executions(self):
        """Open the tracking lines of the campaign."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_campaign_execution_action"
        )
        action["domain"] = [("campaign_id", "=", self.id)]
        return action

    def action_view_leads(self):
        """Open the leads and opportunities that the host attributes to the campaign."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm.crm_lead_all_leads")
        action["domain"] = [("campaign_id", "=", self.utm_campaign_id.id)]
        action["context"] = {
            "default_campaign_id": self.utm_campaign_id.id,
            "active_test": False,
        }
        return action

    def action_new_operation(self):
        """Open the assistant for a new mailing of this campaign."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_campaign_operation_assistant_action"
        )
        action["context"] = {"default_campaign_id": self.id}
        return action
