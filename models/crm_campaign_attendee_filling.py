# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

EVENT_MODEL = "event.event"
# What a registration of the host's event app says of a person.
REGISTRATION_STATES = {
    "draft": "registered",
    "open": "registered",
    "done": "present",
    "cancel": "declined",
}


class CrmCampaignOperation(models.Model):
    """The people of a trade show: where the list comes from, and its figures."""

    _inherit = "crm.campaign.operation"

    attendee_ids = fields.One2many("crm.campaign.attendee", "operation_id", string="People")
    attendee_count = fields.Integer(string="People on the List", compute="_compute_attendees")
    attendee_invited_count = fields.Integer(string="Invited", compute="_compute_attendees")
    attendee_registered_count = fields.Integer(string="Registered", compute="_compute_attendees")
    attendee_declined_count = fields.Integer(string="Declined", compute="_compute_attendees")
    attendee_present_count = fields.Integer(string="Present", compute="_compute_attendees")
    show_event = fields.Reference(
        selection="_selection_show_event",
        string="Event",
        copy=False,
        help="Event of the host's app whose registrations are taken over.",
    )
    has_event_app = fields.Boolean(compute="_compute_has_event_app")

    # === COMPUTE METHODS === #

    def _compute_attendees(self):
        states = ("invited", "registered", "declined", "present")
        counts = {
            (operation.id, state): count
            for operation, state, count in self.env["crm.campaign.attendee"]._read_group(
                [("operation_id", "in", self.ids)], ["operation_id", "state"], ["__count"]
            )
        }
        for operation in self:
            numbers = [counts.get((operation._origin.id, state), 0) for state in states]
            operation.attendee_count = sum(numbers)
            for state, number in zip(states, numbers, strict=True):
                operation[f"attendee_{state}_count"] = number

    @api.depends("operation_type")
    def _compute_has_event_app(self):
        self.has_event_app = EVENT_MODEL in self.env

    @api.model
    def _selection_show_event(self):
        if EVENT_MODEL not in self.env:
            return []
        return [(EVENT_MODEL, self.env["ir.model"]._get(EVENT_MODEL).name)]

    # === ACTION METHODS === #

    def action_view_attendees(self):
        """Open the people of the trade show."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_campaign_attendee_action"
        )
        return {
            **action,
            "domain": [("operation_id", "=", self.id)],
            "context": {"default_operation_id": self.id},
        }

    def action_invite_target(self):
        """Put the people of the target on the list, those who are not there yet.

        :raise UserError: no target, or nobody new in it
        """
        self.ensure_one()
        self.check_access("write")
        if not self.target_id:
            raise UserError(self.env._("Choose the target whose people are invited."))
        return self._tell_added(self._insert_invited())

    def action_fill_from_event(self):
        """Take the registrations of the event over: who registered, declined, and was there.

        :raise UserError: no event is chosen, or its app is not there any more
        """
        self.ensure_one()
        self.check_access("write")
        if EVENT_MODEL not in self.env or not self.show_event:
            raise UserError(self.env._("Choose the event whose registrations are taken over."))
        return self._tell_added(self._insert_registered())

    def _tell_added(self, number):
        """Say how many people were added."""
        message = self.env._("Added to the list: %s.", number)
        if not number:
            message = self.env._("Everybody is on the list already.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if number else "info",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === BUSINESS METHODS === #

    def _insert_invited(self):
        """Invite the people of the target, as far as the user may see them, in one statement.

        Those who are excluded from the target by hand, and archived ones, stay out.

        :return: number of people added
        :rtype: int
        """
        query = self.target_id._get_query(self.env.user, self.company_id)
        person = SQL.identifier(query.table, "id")
        query.add_where(SQL("%s", SQL.identifier(query.table, "active")))
        is_lead = self.target_id.res_model == "crm.lead"
        partner = SQL.identifier(query.table, "partner_id") if is_lead else person
        email = SQL.identifier(query.table, "email_normalized")
        return self._insert_attendees(
            query.select(
                partner,
                SQL("%s", person) if is_lead else SQL("NULL::int"),
                SQL("NULL::varchar"),
                email,
                SQL("'invited'"),
            )
        )

    def _insert_registered(self):
        """Take registrations over, as far as the user may see them; the list follows their state.

        A registration is its contact's when it has that contact's address, or none: others booked
        for somebody else. Nobody goes back from present.

        :return: number of people added
        :rtype: int
        """
        registrations = self.env["event.registration"].with_context(active_test=False)
        query = registrations._search([("event_id", "=", self.show_event.id)])
        rows = SQL(
            """
            SELECT CASE WHEN reg.email IS NULL OR lower(trim(reg.email)) = p.email_normalized
                        THEN p.id END AS partner_id,
                   NULL::int AS lead_id, reg.name AS contact_name,
                   lower(trim(reg.email)) AS email, %(states)s::jsonb->>reg.state AS state
              FROM event_registration reg LEFT JOIN res_partner p ON p.id = reg.partner_id
             WHERE reg.id IN %(registrations)s
               AND COALESCE(reg.partner_id::text, reg.email, reg.name) IS NOT NULL
          ORDER BY reg.id
            """,
            states=json.dumps(REGISTRATION_STATES),
            registrations=query.subselect(),
        )
        number = self._insert_attendees(rows)
        self._follow_registrations(rows)
        return number

    def _insert_attendees(self, rows):
        """Insert people who are not on the list yet.

        :param SQL rows: select of contact, lead, name, address and state
        :return: number of people added
        :rtype: int
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_campaign_attendee (
                    operation_id, company_id, partner_id, lead_id, contact_name, email, state,
                    create_uid, create_date, write_uid, write_date)
                SELECT %(operation)s, %(company)s, people.*, %(user)s, now() AT TIME ZONE 'UTC',
                       %(user)s, now() AT TIME ZONE 'UTC'
                  FROM (%(rows)s) AS people
           ON CONFLICT DO NOTHING
                """,
                operation=self.id,
                company=self.company_id.id,
                user=self.env.uid,
                rows=rows,
            )
        )
        number = self.env.cr.rowcount
        self._forget_attendees()
        return number

    def _follow_registrations(self, rows):
        """Bring those on the list up to date; who was present has responded.

        :param SQL rows: as of ``_insert_attendees``
        """
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_campaign_attendee a SET state = people.state
                  FROM (%s) AS people
                 WHERE a.operation_id = %s AND a.state NOT IN ('present', people.state)
                   AND (a.partner_id = people.partner_id
                        OR people.partner_id IS NULL AND a.email = people.email)
                """,
                rows,
                self.id,
            )
        )
        self._forget_attendees()
        self.env["crm.campaign.attendee"]._insert_visits(SQL("a.operation_id = %s", self.id))

    def _forget_attendees(self):
        self.env["crm.campaign.attendee"].invalidate_model()
        self.invalidate_recordset()


class CrmCampaignAttendee(models.Model):
    _inherit = "crm.campaign.attendee"

    @api.model
    def _merge_people(self, merged, destination):
        """Hand the places of merged contacts over: of a show, the most advanced one stays.

        :param merged: all of the contacts, the one that stays included
        :param destination: the contact that stays
        """
        self.flush_model()
        order = ["present", "registered", "declined", "invited"]
        self.env.cr.execute(
            SQL(
                """
                WITH ranked AS (
                    SELECT id, row_number() OVER (
                               PARTITION BY operation_id
                                   ORDER BY array_position(%(order)s, state::text), id) AS place
                      FROM crm_campaign_attendee WHERE partner_id IN %(merged)s)
                DELETE FROM crm_campaign_attendee a USING ranked
                 WHERE a.id = ranked.id AND ranked.place > 1
                """,
                order=order,
                merged=tuple(merged.ids),
            )
        )
        self.env.cr.execute(
            SQL(
                "UPDATE crm_campaign_attendee SET partner_id = %s WHERE partner_id IN %s",
                destination.id,
                tuple(merged.ids),
            )
        )
        self.invalidate_model()


class CrmCampaignConsent(models.Model):
    _inherit = "crm.campaign.consent"

    @api.model
    def _merge(self, sources, destination):
        # EXTENDS crm_campaign — so are places on the lists of trade shows
        done = super()._merge(sources, destination)
        self.env["crm.campaign.attendee"]._merge_people(sources | destination, destination)
        return done
