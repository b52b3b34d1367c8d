# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import logging

from odoo import api, fields, models
from odoo.tools import SQL, plaintext2html

_logger = logging.getLogger(__name__)

# Visitors welcomed in one run of the job.
BATCH = 200


class CrmCampaignResponse(models.Model):
    """What comes of the answers to a public page: a contact recognised, a lead, a consent.

    The page only inserts a row with the answers; the job does the rest and empties them.
    """

    _inherit = "crm.campaign.response"

    answers = fields.Json(
        readonly=True, groups="base.group_system", export_string_translation=False
    )

    _answers_idx = models.Index("(id) WHERE answers IS NOT NULL")

    @api.model
    def _welcome_visitors(self):
        """Let follow what visitors of public pages left, oldest first.

        :return: number of visitors
        :rtype: int
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM crm_campaign_response WHERE answers IS NOT NULL"
                " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
                BATCH,
            )
        )
        for (response_id,) in rows:
            response = self.browse(response_id)
            try:
                with self.env.cr.savepoint():
                    response._welcome()
            except Exception:
                # One bad answer never keeps the others from being read; the response stays.
                _logger.exception("Response %s: the answers could not be used", response_id)
                response.invalidate_recordset()
                response.answers = False
        return len(rows)

    def _welcome(self):
        """Recognise the visitor, record the consent, and make the lead of the first answer."""
        self.ensure_one()
        answers = self.answers
        contact = self._find_contact(answers.get("email"))
        if contact and answers.get("wording"):
            self._record_consent(contact, answers)
        if self._is_again(contact):
            return self.unlink()
        lead = self.env["crm.lead"]
        if self.address:
            lead = lead.with_company(self.company_id).create(self._prepare_lead_vals(answers))
        return self.write({"answers": False, "partner_id": contact.id, "lead_id": lead.id})

    def _find_contact(self, email):
        """Find the contact of an address, if there is exactly one.

        :param str email: normalised
        """
        partners = self.env["res.partner"]
        if email:
            partners = partners.search(
                [
                    ("email_normalized", "=", email),
                    ("company_id", "in", (False, self.company_id.id)),
                ],
                limit=2,
            )
        return partners if len(partners) == 1 else partners[:0]

    def _is_again(self, contact):
        """Tell whether the person answered the same page before.

        :rtype: bool
        """
        others = [
            ("id", "!=", self.id),
            ("operation_id", "=", self.operation_id.id),
            ("kind", "=", "code"),
        ]
        same = [("partner_id", "=", contact.id)] if contact else [("address", "=", self.address)]
        return bool((contact or self.address) and self.search_count([*others, *same], limit=1))

    def _record_consent(self, contact, answers):
        """Record that a known contact agreed.

        Nobody proved to be that contact: it undoes no refusal.
        """
        purpose = self.operation_id._get_asked_purpose()
        consents = self.env["crm.campaign.consent"]
        decided = consents._get_in_force(contact).get((contact.id, purpose.id, "email"))
        if purpose and decided in (None, "unknown"):
            consents._record(
                contact,
                purpose,
                "email",
                "given",
                source="response",
                wording=answers["wording"],
                address=answers["email"],
                user_id=False,
            )

    def _prepare_lead_vals(self, answers):
        """Prepare the lead that an answer makes. Extended by integrators.

        It names no contact: nobody proved to be that contact, whose data a lead would change.

        :param dict answers: ``name``, ``company``, ``email``, ``phone``, ``message``, ``wording``
        :rtype: dict
        """
        self.ensure_one()
        operation = self.operation_id
        medium = self.env.ref("utm.utm_medium_website", raise_if_not_found=False)
        message = answers.get("message")
        lang = self.env["res.lang"]._get_data(code=answers.get("lang"))
        return {
            "name": self.env._(
                "%(operation)s: %(contact)s",
                operation=operation.name,
                contact=answers.get("name") or self.address,
            ),
            "contact_name": answers.get("name"),
            "partner_name": answers.get("company"),
            "email_from": answers.get("email"),
            "phone": answers.get("phone"),
            "description": plaintext2html(message) if message else False,
            "lang_id": lang.id,
            "user_id": operation.user_id.id,
            "company_id": self.company_id.id,
            "campaign_id": operation.campaign_id.utm_campaign_id.id,
            "campaign_operation_id": operation.id,
            "medium_id": medium.id if medium else False,
        }


class CrmCampaignExecution(models.Model):
    _inherit = "crm.campaign.execution"

    @api.model
    def _cron_refresh_counters(self):
        # EXTENDS crm_campaign — visitors first: their leads are counted in the same run
        self.env["crm.campaign.page.visit"]._forget()
        visitors = self.env["crm.campaign.response"]._welcome_visitors()
        self.env["ir.cron"]._commit_progress(visitors)
        return super()._cron_refresh_counters()
