# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import ADDRESS_RULES, RECORD_KINDS

SOURCES = [
    ("criteria", "Those who meet criteria"),
    ("target", "Those of a target"),
    ("all", "All of them"),
    ("none", "None"),
]


class CrmCampaignOperationAssistant(models.TransientModel):
    """Who is selected: companies and contacts, and what was done with the list afterwards.

    It is a definition at every moment, never a list: one domain, made of the two selections and
    of the changes in their order.
    """

    _inherit = "crm.campaign.operation.assistant"

    audience = fields.Selection(
        [
            ("partner", "Companies and contacts"),
            ("target", "Leads or others, by a target"),
        ],
        string="Who",
        required=True,
        default="partner",
    )
    target_id = fields.Many2one("crm.campaign.target")
    company_source = fields.Selection(SOURCES, required=True, default="none")
    company_domain = fields.Char(string="Criteria on Companies", default="[]")
    company_target_id = fields.Many2one(
        "crm.campaign.target",
        string="Target of Companies",
        domain=[("record_kind", "in", ("company", "partner"))],
    )
    company_model_id = fields.Many2one(
        "crm.campaign.target",
        string="Start from the Criteria Of",
        domain=[("record_kind", "in", ("company", "partner")), ("mode", "=", "query")],
    )
    contact_source = fields.Selection(SOURCES, required=True, default="criteria")
    contact_domain = fields.Char(string="Criteria on Contacts", default="[]")
    contact_target_id = fields.Many2one(
        "crm.campaign.target",
        string="Target of Contacts",
        domain=[("record_kind", "in", ("contact", "partner"))],
    )
    contact_model_id = fields.Many2one(
        "crm.campaign.target",
        string="Start from the Criteria Of ",
        domain=[("record_kind", "in", ("contact", "partner")), ("mode", "=", "query")],
    )
    combination = fields.Selection(
        [
            ("both", "Contacts of the selected companies"),
            ("companies", "Companies"),
            ("contacts", "Contacts"),
            ("target", "Records of a target"),
            ("nobody", "Nobody"),
        ],
        compute="_compute_combination",
    )
    record_kind = fields.Selection(RECORD_KINDS, compute="_compute_combination")
    res_model = fields.Char(compute="_compute_combination")
    generic_title = fields.Char(help="Who is addressed in each company: “The Sales Director”.")
    address_rule = fields.Selection(
        ADDRESS_RULES, string="Address of Contacts", required=True, default="own"
    )
    line_ids = fields.One2many(
        "crm.campaign.operation.assistant.line", "assistant_id", string="Changes"
    )
    # A change about to be made
    set_operator = fields.Selection(
        [
            ("union", "Add those of"),
            ("intersection", "Keep those of"),
            ("difference", "Remove those of"),
        ],
        required=True,
        default="union",
    )
    set_target_id = fields.Many2one(
        "crm.campaign.target", string="A Target", domain="[('record_kind', '=', record_kind)]"
    )
    set_execution_id = fields.Many2one(
        "crm.campaign.execution",
        string="An Earlier Execution",
        domain="[('record_kind', '=', record_kind), ('targeted_count', '>', 0)]",
    )
    named_partner_ids = fields.Many2many("res.partner", string="People and Companies")
    named_lead_ids = fields.Many2many("crm.lead", string="Leads")

    # === COMPUTE METHODS === #

    @api.depends("audience", "target_id", "company_source", "contact_source")
    def _compute_combination(self):
        names = {
            (True, True): ("both", "contact"),
            (True, False): ("companies", "company"),
            (False, True): ("contacts", "contact"),
            (False, False): ("nobody", False),
        }
        models_by_kind = self.env["crm.campaign.target"]._get_models_by_kind()
        for assistant in self:
            chosen = (assistant.company_source != "none", assistant.contact_source != "none")
            combination, kind = names[chosen]
            if assistant.audience == "target":
                combination, kind = "target", assistant.target_id.record_kind
            assistant.combination = combination
            assistant.record_kind = kind
            assistant.res_model = models_by_kind.get(kind)

    # === ONCHANGE METHODS === #

    @api.onchange("company_model_id")
    def _onchange_company_model_id(self):
        if self.company_model_id:
            self.company_domain = self.company_model_id.domain

    @api.onchange("contact_model_id")
    def _onchange_contact_model_id(self):
        if self.contact_model_id:
            self.contact_domain = self.contact_model_id.domain

    # === CRUD METHODS === #

    def write(self, vals):
        # What was done with a list of another kind means other people there.
        kinds = {assistant.id: assistant.record_kind for assistant in self}
        done = super().write(vals)
        for assistant in self:
            if kinds[assistant.id] != assistant.record_kind:
                assistant.line_ids.unlink()
        return done

    # === ACTION METHODS === #

    def action_apply_set(self):
        """Add, keep or remove the records of a target or of an earlier execution."""
        self.ensure_one()
        if not (self.set_target_id or self.set_execution_id):
            raise UserError(self.env._("Choose a target or an earlier execution."))
        values = {
            "operator": self.set_operator,
            "target_id": self.set_target_id.id,
            "execution_id": self.set_execution_id.id,
        }
        self._change(values)
        self.write({"set_target_id": False, "set_execution_id": False})

    def action_empty(self):
        """Empty the list, hand-made additions and removals included."""
        self.ensure_one()
        self._change({"operator": "empty"})

    def action_add_named(self):
        """Add records one by one, also such as no criterion selects."""
        self._name_records("addition")

    def action_remove_named(self):
        """Remove records one by one."""
        self._name_records("exclusion")

    def action_undo(self):
        """Take the last change back."""
        self.ensure_one()
        self.line_ids[-1:].unlink()

    def action_view_records(self):
        """Open the list as it is now."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self.res_model,
            "view_mode": "list,form",
            "views": [[False, "list"], [False, "form"]],
            "domain": repr(list(self._get_domain() & self._get_target()._get_kind_domain())),
            "context": {"active_test": False, "create": False},
            "target": "new",
        }

    # === BUSINESS METHODS - CHANGES === #

    def _change(self, values):
        """Note a change of the list.

        :raise UserError: the list cannot be worked out with it
        """
        lines = self.env["crm.campaign.operation.assistant.line"]
        lines.create({"assistant_id": self.id, **values})
        self._get_target()._assert_domain()

    def _name_records(self, operator):
        self.ensure_one()
        records = self.named_lead_ids if self.res_model == "crm.lead" else self.named_partner_ids
        if not records:
            raise UserError(self.env._("Choose whom to add or to remove."))
        self._assert_kind(records)
        self._change({"operator": operator, "res_ids": records.ids})
        self.write({"named_partner_ids": [(5,)], "named_lead_ids": [(5,)]})

    def _assert_kind(self, records):
        """Check that records are of the kind of the list.

        :raise UserError: names the first that is not
        """
        kind = self._get_target()._get_kind_domain()
        found = records.with_context(active_test=False).search(
            Domain("id", "in", records.ids) & kind
        )
        if strangers := records - found:
            raise UserError(
                self.env._("“%s” is not of the kind of this list.", strangers[0].display_name)
            )

    # === BUSINESS METHODS - DOMAIN === #

    def _get_domain(self, by_hand=True):
        """Work out who is in the list.

        :param bool by_hand: with what was added and removed one by one
        :return: literal domain over ``res_model``
        :rtype: Domain
        """
        self.ensure_one()
        domain = self._get_selected_domain()
        for line in self.line_ids:
            if by_hand or line.operator not in ("addition", "exclusion"):
                domain = line._apply(domain)
        return domain

    def _get_selected_domain(self):
        """Give the selection of the steps "companies" and "contacts".

        :rtype: Domain
        """
        if self.combination == "target":
            return Domain("campaign_target_ids", "in", self.target_id.ids)
        if self.combination == "nobody":
            return Domain.FALSE
        if self.combination == "companies":
            return self._get_side_domain("company")
        contacts = self._get_side_domain("contact")
        if self.combination == "contacts":
            return contacts
        companies = self._get_side_domain("company") & Domain("is_company", "=", True)
        return contacts & Domain("commercial_partner_id", "any", list(companies))

    def _get_side_domain(self, side):
        """Give one of the two selections.

        :param str side: ``company`` or ``contact``
        :rtype: Domain
        """
        source = self[f"{side}_source"]
        if source == "criteria":
            return Domain(literal_eval(self[f"{side}_domain"] or "[]"))
        if source == "target":
            return Domain("campaign_target_ids", "in", self[f"{side}_target_id"].ids)
        return Domain.TRUE if source == "all" else Domain.FALSE

    def _get_target(self):
        """Return the target that the list would be, without making it.

        :rtype: crm.campaign.target
        """
        return self.env["crm.campaign.target"].new(self._prepare_target_vals(self._get_domain()))

    def _prepare_target_vals(self, domain):
        """Prepare the target of the operation. Extended by integrators.

        :rtype: dict
        """
        return {
            "name": self.name,
            "record_kind": self.record_kind,
            "company_id": self.company_id.id,
            "mode": "query",
            "domain": repr(list(domain)),
        }

    # === BUSINESS METHODS - STEPS === #

    def _check_step_companies(self):
        if self.audience == "target":
            self._require("target_id")
        else:
            self._check_side("company")

    def _check_step_contacts(self):
        if self.audience == "target":
            return
        self._check_side("contact")
        if self.combination == "nobody":
            raise UserError(self.env._("Select companies, contacts, or both."))
        if self.combination == "companies" and self.operation_type == "mailing":
            self._require("generic_title")

    def _check_side(self, side):
        """Check one of the two selections.

        :raise UserError: target missing, or criteria that cannot be used
        """
        if self[f"{side}_source"] == "target":
            self._require(f"{side}_target_id")
        domain = self._get_side_domain(side)
        values = {"name": self.name, "record_kind": side, "domain": repr(list(domain))}
        self.env["crm.campaign.target"].new(values)._assert_domain()

    def _check_step_result(self):
        self._get_target()._assert_someone(self.user_id, self.company_id)
