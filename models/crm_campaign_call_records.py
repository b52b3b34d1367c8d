# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tools import plaintext2html


class CrmCampaignCall(models.Model):
    """What comes of a call in the host: a lead, an appointment, both linked to the campaign."""

    _inherit = "crm.campaign.call"

    appointment_ids = fields.One2many(
        "calendar.event",
        "campaign_call_id",
        string="Appointments",
        groups="crm_campaign.crm_campaign_group_user",
    )

    # === PUBLIC METHODS - LEAD === #

    def create_lead(self, note=None):
        """Create the lead of a call, unless it has one.

        It belongs to the caller who is a salesperson, else to the responsible of the operation.

        :param str note: words of the caller
        :return: ``id``, ``name``, ``may_open`` and ``created`` (False: the call had one already)
        :rtype: dict
        :raise AccessError: the call is somebody else's
        """
        self.ensure_one()
        self._assert_may_call()
        # Superuser: callers need no right on leads. Safe, because it is one lead a call, whose
        # values are those of the call and its contact.
        call = self.sudo()
        call.lock_for_update()
        created = not call.lead_id
        if created:
            leads = self.env["crm.lead"].sudo().with_company(call.company_id)
            call.lead_id = leads.create(call._prepare_lead_vals(note))
        return {**call._prepare_lead(), "created": created}

    def _prepare_lead_vals(self, note):
        """Prepare the lead that a call makes. Extended by integrators.

        :param str | None note: words of the caller
        :rtype: dict
        """
        self.ensure_one()
        operation = self.operation_id
        is_salesperson = self.env.user.has_group("sales_team.group_sale_salesman")
        medium = self.env.ref("utm.utm_medium_phone", raise_if_not_found=False)
        return {
            "name": self._get_record_name(),
            "partner_id": self.partner_id.id,
            "phone": self.partner_id.phone or self.phone,
            "description": plaintext2html(note.strip()) if (note or "").strip() else False,
            "user_id": (self.env.user if is_salesperson else operation.user_id).id,
            "company_id": self.company_id.id,
            "campaign_id": operation.campaign_id.utm_campaign_id.id,
            "medium_id": medium.id if medium else False,
        }

    def _get_record_name(self):
        """Name what a call makes after its operation and its contact.

        :rtype: str
        """
        return self.env._(
            "%(operation)s: %(contact)s",
            operation=self.operation_id.name,
            contact=self.partner_id.name or self.display_name,
        )

    def _prepare_lead(self):
        """Prepare the lead of a call for the screen; False = there is none.

        :return: ``id``, ``name``, ``may_open``
        :rtype: dict | bool
        """
        lead = self.lead_id
        if not lead:
            return False
        return {
            "id": lead.id,
            "name": lead.name,
            "may_open": lead.sudo(False).has_access("read"),
        }

    # === PUBLIC METHODS - APPOINTMENT === #

    def get_appointment_context(self):
        """Give the defaults with which the host's form of an appointment opens.

        :return: a context; without the opportunity where the caller may not read it:
            ``note_appointment`` adds it
        :rtype: dict
        """
        self.ensure_one()
        self._assert_may_call()
        call = self.sudo()  # one's own call, checked just above
        contact = call.partner_id or call.lead_id.partner_id
        context = {
            "default_name": call._get_record_name(),
            "default_partner_ids": (self.env.user.partner_id | contact).ids,
        }
        lead = call.lead_id
        if lead.type == "opportunity" and lead.sudo(False).has_access("read"):
            context["default_opportunity_id"] = lead.id
        return context

    def note_appointment(self, event_id):
        """Link an appointment that the caller has just made to the call and its opportunity.

        Linking it again changes nothing.

        :param int event_id: of ``calendar.event``
        :raise AccessError: the call, or the appointment, is somebody else's
        """
        self.ensure_one()
        self._assert_may_call()
        event = self.env["calendar.event"].browse(event_id)
        event.check_access("write")
        call = self.sudo()  # one's own call, checked just above
        # Superuser: the link is not the caller's to write; the appointment is, checked just above.
        event = event.sudo()
        if self.env.user not in (event.create_uid, event.user_id):
            raise AccessError(self.env._("This appointment was made by somebody else."))
        event.campaign_call_id = call
        lead = call.lead_id
        if lead.type == "opportunity" and not event.opportunity_id:
            event.opportunity_id = lead
            lead.log_meeting(event)
