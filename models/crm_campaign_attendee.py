# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.tools import SQL, email_normalize

from ..const import ATTENDEE_STATES


class CrmCampaignAttendee(models.Model):
    """A person of a trade show: invited, registered, declined or present.

    Filled from a target, from an event of the host's app, from a file, or by hand. Who was present
    has responded: see ``crm.campaign.response``.
    """

    _name = "crm.campaign.attendee"
    _inherit = ["crm.campaign.person.mixin"]
    _description = "Trade Show Attendee"
    _order = "operation_id desc, id"
    _rec_name = "partner_id"
    _rec_names_search = ["partner_id.name", "contact_name", "email"]
    _check_company_auto = True

    operation_id = fields.Many2one(
        "crm.campaign.operation",
        string="Trade Show",
        required=True,
        ondelete="cascade",
        domain=[("operation_type", "=", "trade_show")],
    )
    campaign_id = fields.Many2one(related="operation_id.campaign_id")
    company_id = fields.Many2one(
        related="operation_id.company_id",
        string="Our Company",
        store=True,
        precompute=True,
        index=True,
    )
    # Who
    partner_id = fields.Many2one(ondelete="cascade")
    lead_id = fields.Many2one(ondelete="cascade")
    contact_name = fields.Char(
        string="Name", help="Of a person who is neither a contact nor a lead."
    )
    email = fields.Char(compute="_compute_email", store=True, precompute=True, readonly=False)
    phone = fields.Char(compute="_compute_phone")
    company_partner_id = fields.Many2one(related="partner_id.parent_id", string="Company")
    # What
    state = fields.Selection(ATTENDEE_STATES, string="Status", required=True, default="invited")
    note = fields.Char()

    _partner_uniq = models.UniqueIndex(
        "(operation_id, partner_id) WHERE partner_id IS NOT NULL",
        "This contact is on the list of the trade show already.",
    )
    _lead_uniq = models.UniqueIndex(
        "(operation_id, lead_id) WHERE partner_id IS NULL AND lead_id IS NOT NULL",
        "This lead is on the list of the trade show already.",
    )
    _email_uniq = models.UniqueIndex(
        "(operation_id, email) WHERE partner_id IS NULL AND lead_id IS NULL",
        "This address is on the list of the trade show already.",
    )
    _state_idx = models.Index("(operation_id, state)")

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "lead_id")
    def _compute_email(self):
        for attendee in self:
            known = attendee.partner_id.email or attendee.lead_id.sudo().email_from
            attendee.email = known or attendee.email

    @api.depends("partner_id", "lead_id")
    def _compute_phone(self):
        for attendee in self:
            attendee.phone = attendee.partner_id.phone or attendee.lead_id.sudo().phone

    @api.depends("partner_id", "lead_id", "contact_name", "email")
    def _compute_display_name(self):
        for attendee in self:
            # Superuser: the name of a person, for whoever may read the list.
            attendee_sudo = attendee.sudo()
            attendee.display_name = (
                attendee_sudo.partner_id.display_name
                or attendee_sudo.lead_id.contact_name
                or attendee_sudo.lead_id.display_name
                or attendee.contact_name
                or attendee.email
                or (self.env._("Unknown Person") if attendee.id else False)
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        attendees = super().create([self._prepare_person(vals) for vals in vals_list])
        self.flush_model()
        attendees._note_visits()
        return attendees

    def write(self, vals):
        gone = self.filtered(lambda attendee: attendee.state == "present")
        done = super().write(vals)
        if "state" in vals:
            if vals["state"] == "present":
                self.flush_model()
                self._note_visits()
            else:
                gone._forget_visits()
        return done

    @api.model
    def _prepare_person(self, vals):
        """Have the contact of a lead be found, and addresses be written in one way."""
        empty = vals.get("lead_id") and not vals.get("partner_id")
        values = {k: value for k, value in vals.items() if not (empty and k == "partner_id")}
        if values.get("email"):
            values["email"] = email_normalize(values["email"]) or values["email"].strip()
        return values

    # === ACTION METHODS === #

    def action_register(self):
        """Note that they registered."""
        self.write({"state": "registered"})

    def action_decline(self):
        """Note that they will not come."""
        self.write({"state": "declined"})

    def action_present(self):
        """Note that they came, which is a response."""
        self.write({"state": "present"})

    # === BUSINESS METHODS - RESPONSES === #

    def _note_visits(self):
        """Make responses of those of self who were present."""
        if self:
            self._insert_visits(SQL("a.id IN %s", tuple(self.ids)))

    @api.model
    def _insert_visits(self, condition):
        """Make responses of those who were present, in one statement.

        :param SQL condition: on attendees (alias ``a``)
        """
        responses = self.env["crm.campaign.response"]
        made = responses._insert(
            {
                "campaign_id": SQL("o.campaign_id"),
                "operation_id": SQL("o.id"),
                "company_id": SQL("o.company_id"),
                "partner_id": SQL("a.partner_id"),
                "lead_id": SQL("a.lead_id"),
                "address": SQL(
                    "CASE WHEN COALESCE(a.partner_id, a.lead_id) IS NULL"
                    " THEN COALESCE(a.email, a.contact_name) END"
                ),
                "kind": SQL("'visit'"),
                "date": SQL("%s", fields.Datetime.now()),
                "user_id": SQL("%s", self.env.uid),
            },
            SQL(
                "crm_campaign_attendee a JOIN crm_campaign_operation o ON o.id = a.operation_id"
                " WHERE a.state = 'present' AND %s"
                " AND COALESCE(a.partner_id::text, a.lead_id::text, a.email, a.contact_name)"
                " IS NOT NULL",
                condition,
            ),
        )
        if made:
            responses._count_new()

    def _forget_visits(self):
        """Take back the responses of those who were marked present by mistake."""
        # Superuser: the responses of the user's own list.
        for attendee in self.sudo():
            person = attendee.partner_id, attendee.lead_id
            attendee.env["crm.campaign.response"].search(
                [
                    ("operation_id", "=", attendee.operation_id.id),
                    ("kind", "=", "visit"),
                    ("partner_id", "=", person[0].id),
                    ("lead_id", "=", person[1].id),
                    ("address", "=", False if any(person) else attendee.email),
                ]
            ).unlink()
