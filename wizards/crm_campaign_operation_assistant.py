# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import CHANNELS, OPERATION_TYPES


class CrmCampaignOperationAssistant(models.TransientModel):
    """The assistant that prepares an operation, step by step.

    Everything stays here until it is validated: a campaign's operation, its target and its text
    are made at the end, all at once; abandoning deletes this one record. Who is selected lives in
    ``crm_campaign_operation_assistant_selection``, the end in ``…_validation``.
    """

    _name = "crm.campaign.operation.assistant"
    _description = "Operation Assistant"
    # Somebody may go for lunch in between.
    _transient_max_hours = 24.0

    step = fields.Selection(
        [
            ("welcome", "Welcome"),
            ("characteristics", "Characteristics"),
            ("companies", "Companies"),
            ("contacts", "Contacts"),
            ("result", "Result"),
            ("delivery", "Delivery"),
            ("departure", "Departure"),
            ("validation", "Validation"),
        ],
        required=True,
        default="welcome",
        readonly=True,
    )
    operation_type = fields.Selection(OPERATION_TYPES, required=True, default="mailing")
    # Characteristics
    campaign_id = fields.Many2one(
        "crm.campaign",
        domain=[("state", "=", "open")],
        default=lambda self: self._default_campaign(),
    )
    name = fields.Char(string="Name of the Operation")
    company_id = fields.Many2one(
        "res.company", string="Site", compute="_compute_company_id", store=True
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, readonly=False
    )
    budget = fields.Monetary()
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    description = fields.Html()
    # Delivery
    channel = fields.Selection(CHANNELS, required=True, default="email")
    template_id = fields.Many2one(
        "crm.campaign.template",
        domain="[('channel', '=', template_channel), ('source_id', '=', False),"
        " ('task_type_ids', '=', False)]",
    )
    template_channel = fields.Char(compute="_compute_template_channel")
    purpose_id = fields.Many2one(
        "crm.campaign.purpose", compute="_compute_purpose_id", store=True, readonly=False
    )
    has_own_text = fields.Boolean(
        string="Write a Text for This Mailing",
        help="Starts from the template, which stays as it is.",
    )
    subject = fields.Char()
    body_html = fields.Html(string="Body", sanitize="email_outgoing")
    body_text = fields.Text(string="Text")
    email_from = fields.Char(
        string="From", compute="_compute_email_from", store=True, readonly=False
    )
    reply_to = fields.Char(help="Empty: answers go to the sender's address.")
    # Departure
    departure = fields.Selection(
        [
            ("now", "Now"),
            ("date", "At a date"),
            ("later", "Later: the operation waits for its dispatch"),
        ],
        required=True,
        default="later",
    )
    date_start = fields.Datetime(string="Date of Departure")
    writes_history = fields.Boolean(string="Write a line in each recipient's history")
    needs_proof = fields.Boolean(
        string="Proof Required", default=lambda self: self.env.company.campaign_needs_proof
    )

    # === COMPUTE METHODS === #

    @api.model
    def _default_campaign(self):
        """Propose the only campaign that is open, if there is one only."""
        campaigns = self.env["crm.campaign"].search([("state", "=", "open")], limit=2)
        return campaigns if len(campaigns) == 1 else campaigns[:0]

    @api.depends("campaign_id")
    def _compute_company_id(self):
        for assistant in self:
            assistant.company_id = assistant.campaign_id.company_id or self.env.company

    @api.depends("campaign_id")
    def _compute_currency_id(self):
        for assistant in self:
            assistant.currency_id = (
                assistant.campaign_id.currency_id or assistant.company_id.currency_id
            )

    @api.depends("channel")
    def _compute_template_channel(self):
        for assistant in self:
            channel = self.env[f"crm.campaign.channel.{assistant.channel}"]
            assistant.template_channel = channel._get_template_channel()

    @api.depends("template_id")
    def _compute_purpose_id(self):
        for assistant in self:
            assistant.purpose_id = assistant.template_id.purpose_id or assistant.purpose_id

    @api.depends("user_id")
    def _compute_email_from(self):
        for assistant in self:
            assistant.email_from = assistant.user_id.email_formatted

    @api.depends("operation_type")
    def _compute_display_name(self):
        types = dict(self._fields["operation_type"]._description_selection(self.env))
        for assistant in self:
            assistant.display_name = self.env._("New: %s", types[assistant.operation_type])

    # === ONCHANGE METHODS === #

    @api.onchange("channel")
    def _onchange_channel(self):
        if self.template_id.channel != self.template_channel:
            self.template_id = False
        if self.channel == "file":
            self.has_own_text = False

    @api.onchange("template_id", "has_own_text")
    def _onchange_text(self):
        """Start the mailing's own text from the template."""
        if self.template_id and (self.has_own_text or not self.subject):
            for name in self._get_text_fields():
                self[name] = self.template_id[name]

    @api.model
    def _get_text_fields(self):
        """Name the fields that template and assistant share. Extended by integrators.

        :rtype: list[str]
        """
        return ["subject", "body_html", "body_text"]

    # === ACTION METHODS === #

    def action_next(self):
        """Check this step, then show the next one."""
        self.ensure_one()
        self._check_step(self.step)
        self._go(1)

    def action_previous(self):
        """Show the step before; nothing of what was entered is lost."""
        self.ensure_one()
        self._go(-1)

    def action_abandon(self):
        """Forget everything; nothing was made yet."""
        self.ensure_one()
        campaign = self.campaign_id
        self.unlink()
        if not campaign:
            action = self.env["ir.actions.act_window"]._for_xml_id(
                "crm_campaign.crm_campaign_operation_action"
            )
            return {**action, "target": "main"}
        return {**campaign.get_formview_action(), "target": "main"}

    # === BUSINESS METHODS - STEPS === #

    def _get_steps(self):
        """Name the steps that this operation needs, in order. Extended by integrators.

        :rtype: list[str]
        """
        self.ensure_one()
        steps = list(self._fields["step"].get_values(self.env))
        if self.audience == "target":
            steps.remove("contacts")
        return steps

    def _go(self, distance):
        """Show the step that is so far from this one, or stay at the ends."""
        steps = self._get_steps()
        place = steps.index(self.step) + distance
        self.step = steps[min(max(place, 0), len(steps) - 1)]

    def _check_step(self, step):
        """Check what a step asks for. A step has its method ``_check_step_<code>`` or none.

        :raise UserError: what is missing
        """
        check = getattr(self, f"_check_step_{step}", None)
        if check:
            check()

    def _require(self, *names):
        """Check that fields are filled in.

        :raise UserError: names those that are not
        """
        missing = [
            self._fields[name]._description_string(self.env) for name in names if not self[name]
        ]
        if missing:
            raise UserError(self.env._("Please fill in: %s.", ", ".join(missing)))

    def _check_step_characteristics(self):
        self._require("campaign_id", "name", "currency_id", "user_id")
        self.campaign_id.check_access("write")
        self.env["crm.campaign.operation"]._assert_may_designate({"user_id": self.user_id.id})
        if self.budget < 0:
            raise UserError(self.env._("The budget of “%(name)s” is negative.", name=self.name))
