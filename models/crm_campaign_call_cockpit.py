# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_amount

from ..const import CALL_OPEN_STATES
from ..tools.script_path import needs_answer, next_step

# Lines of history on the screen: enough to know with whom one speaks.
HISTORY_SIZE = 8
COMMUNICATION_SIZE = 5
OPPORTUNITY_SIZE = 5


class CrmCampaignCall(models.Model):
    """What the screen of a caller shows of a call, and what it stores of the script.

    Callers have no right on campaigns, leads or communications. What they get here is read as
    superuser, of the one person whom they are to call, once ``_assert_may_call`` let them in.
    """

    _inherit = "crm.campaign.call"

    # === PUBLIC METHODS === #

    @api.model
    def open_cockpit(self, operation_id=None):
        """Give what the screen needs once, when it opens.

        :param int | None operation_id: of this operation only
        :return: ``outcomes`` (``id``, ``name``, ``key``, ``color``, ``asks_callback``), ``queue``
            (see ``get_queue``), ``current`` (as ``take_next`` gives it: the call under way, or
            False) and ``tz`` (the time zone in which the caller's moments are shown)
        :rtype: dict
        """
        self.browse().check_access("read")
        domain = Domain("taken_by_id", "=", self.env.uid) & Domain("state", "in", CALL_OPEN_STATES)
        domain &= Domain("is_paused", "=", False)
        if operation_id:
            domain &= Domain("operation_id", "=", int(operation_id))
        current = self.search(domain, order="taken_at desc", limit=1)
        outcomes = self.env["crm.campaign.call.outcome"].search([("active", "=", True)])
        return {
            "outcomes": outcomes.read(["name", "key", "color", "asks_callback"]),
            "queue": self.get_queue(operation_id),
            "current": {"id": current.id, "phone": current.phone} if current else False,
            "tz": self._get_caller_zone(self.env.user, self.env.company),
        }

    def get_card(self):
        """Give all that a caller sees of a call.

        :return: see ``_prepare_card``
        :rtype: dict
        :raise AccessError: the call is somebody else's
        """
        self.ensure_one()
        self._assert_may_call()
        # Superuser: see the class.
        return self.sudo()._prepare_card()

    def answer_question(self, question_id, value):
        """Store the answer to a question of the call's script, and say where it leads.

        The same answer again changes nothing. Answers to questions to which the answers no longer
        lead are taken away: they were given by mistake. What they wrote to the contact stays.

        :param int question_id: of ``crm.campaign.script.question``
        :param value: as ``question._parse`` takes it
        :return: see ``_prepare_progress``, but ``outcome`` and ``next_id`` are those of this answer
        :rtype: dict
        :raise UserError: says which answer is expected, or that the call is over
        :raise AccessError: the call is somebody else's
        """
        self.ensure_one()
        self._assert_may_call()
        call = self.sudo()  # see the class
        call._lock_open()
        question = self.env["crm.campaign.script.question"].browse(question_id).exists()
        if not question or question.sudo().script_id != call.script_id:
            raise UserError(self.env._("This question is not one of the script of this call."))
        parsed = question._parse(value)
        if parsed is None and needs_answer(question._get_question()):
            raise UserError(self.env._("This question needs an answer: no path leads on without."))
        if not call._has_answer(question, parsed):
            answers = self.env["crm.campaign.script.answer"].with_company(call.company_id)
            answers._store(call.id, question, value, call._get_answer_records())
            call.invalidate_recordset(["answer_ids"])
        call._drop_stray_answers(question)
        step = next_step(call.script_id._get_script(), question._get_key(), parsed)
        progress = call._prepare_progress()
        return {**progress, "outcome": step.outcome, "next_id": step.question or False}

    # === BUSINESS METHODS - CARD === #

    def _prepare_card(self):
        """Prepare what a caller sees of a call. Integrators add keys of their own.

        Called as superuser for the caller (``env.user``), who was let in: give nothing but what
        concerns the person of the call. As many queries whatever the history.

        :return: ``call``, ``operation``, ``contact``, ``attempts``, ``communications``,
            ``opportunities``, ``lead`` (False = none) and ``script`` (False = none), all as JSON;
            moments are naive UTC
        :rtype: dict
        """
        self.ensure_one()
        operation = self.operation_id
        return {
            "call": self._prepare_call(),
            "operation": {
                "id": operation.id,
                "name": operation.name,
                "campaign": operation.campaign_id.display_name,
                "description": operation.description or "",
            },
            "contact": self._prepare_contact(),
            "attempts": self._prepare_attempts(),
            "communications": self._prepare_communications(),
            "opportunities": self._prepare_opportunities(),
            "lead": self._prepare_lead(),
            "script": self._prepare_script(),
        }

    def _prepare_call(self):
        moment = fields.Datetime.to_string
        return {
            "id": self.id,
            "subject": self.subject or "",
            "phone": self.phone or "",
            "note": self.note or "",
            "attempt_count": self.attempt_count,
            "is_promised": self.is_promised,
            "callback_at": moment(self.callback_at) if self.is_promised else False,
            "date_planned": fields.Date.to_string(self.date_planned),
            "is_overdue": self.is_overdue,
            "calling_hours": self.calling_hours_id.name or "",
        }

    def _prepare_contact(self):
        """Prepare whom one calls: the contact, else what the lead says of them."""
        partner, company, lead = self.partner_id, self.company_partner_id, self.lead_id
        company = company - partner
        name = partner.name or lead.contact_name or lead.partner_name or lead.name
        country = partner.country_id or company.country_id or lead.country_id
        return {
            "partner_id": partner.id,
            "name": name or self.phone or "",
            "function": partner.function or lead.function or "",
            "company": company.name or ("" if partner else lead.partner_name) or "",
            "phones": self._prepare_phones(company),
            "email": partner.email or lead.email_from or company.email or "",
            "address": self._describe_address(partner, company, lead),
            "country": country.name or "",
            "time_zone": self._find_time_zone(country, partner | company),
            "tags": [
                {"id": tag.id, "name": tag.name, "color": tag.color} for tag in partner.category_id
            ],
        }

    def _prepare_phones(self, company):
        """List the numbers, first the one that is called.

        :param company: company of the contact, or none
        :return: ``number`` (as people read it), ``tel`` (as it is dialled), ``is_company``
        :rtype: list[dict]
        """
        numbers = {}
        for record in (self.partner_id, self.lead_id, company):
            if record.phone:
                tel = record.phone_sanitized or record.phone
                row = {"number": record.phone, "tel": tel, "is_company": record == company}
                numbers.setdefault(tel, row)
        called = {"number": self.phone, "tel": self.phone, "is_company": False}
        first = numbers.pop(self.phone, called)
        return [first, *numbers.values()] if self.phone else list(numbers.values())

    @api.model
    def _describe_address(self, partner, company, lead):
        """Write the address on one line: the contact's, else the company's, else the lead's."""
        for record in (partner, company):
            if record.city or record.street:
                lines = record._display_address(without_company=True).splitlines()
                return ", ".join(line.strip() for line in lines if line.strip())
        place = f"{lead.zip or ''} {lead.city or ''}".strip()
        parts = (lead.street, place, lead.country_id.name)
        return ", ".join(part for part in parts if part)

    @api.model
    def _find_time_zone(self, country, people):
        """Tell the time zone of a person, where it is sure.

        The host gives a new contact the time zone of whoever enters it: it counts only where the
        country has it, too.

        :param country: the one of the person
        :param people: the contact and its company
        :return: name of the zone; False = nobody knows
        :rtype: str | bool
        """
        zones = pytz.country_timezones.get(country.code or "", [])
        if len(zones) == 1:
            return zones[0]
        return next((person.tz for person in people if person.tz in zones), False)

    # === BUSINESS METHODS - HISTORY === #

    def _prepare_attempts(self):
        """List the last attempts of this call, and of other calls of the company to the contact."""
        calls = self
        if self.partner_id:
            # By themselves: as part of the search below, all calls of the company would be read.
            about = Domain("partner_id", "=", self.partner_id.id)
            calls |= self.search(about & Domain("company_id", "=", self.company_id.id))
        attempts = self.env["crm.campaign.call.attempt"].search(
            [("call_id", "in", calls.ids)], limit=HISTORY_SIZE
        )
        return [
            {
                "id": attempt.id,
                "date": fields.Datetime.to_string(attempt.date),
                "user": attempt.user_id.name,
                "outcome": attempt.outcome_id.name or self.env._("Passed over"),
                "color": attempt.outcome_id.color,
                "note": attempt.note or "",
                "operation": attempt.operation_id.name if attempt.call_id != self else "",
            }
            for attempt in attempts
        ]

    def _prepare_communications(self):
        """List the last messages of the company to the contact, and what became of them."""
        if not self.partner_id:
            return []
        Communication = self.env["crm.campaign.communication"]
        lines = Communication.search(
            [
                ("about_partner_id", "in", self.partner_id.ids),
                ("company_id", "=", self.company_id.id),
                ("channel", "not in", ("phone", "activity")),
                ("exclusion", "=", False),
            ],
            limit=COMMUNICATION_SIZE,
        )
        states = dict(Communication._fields["state"]._description_selection(self.env))
        return [
            {
                "id": line.id,
                "date": fields.Datetime.to_string(line.date) or False,
                "title": line.subject or line.name or "",
                "icon": line.icon or "",
                "state": states.get(line.state, ""),
            }
            for line in lines
        ]

    def _prepare_opportunities(self):
        """List the open opportunities of the contact that the caller may see.

        Whoever has no right on leads sees the lead of this very call, without its amount.
        """
        Lead = self.env["crm.lead"].sudo(False)
        may_read = Lead.has_access("read")
        leads = self.lead_id.filtered(lambda lead: lead.won_status == "pending")
        if may_read:
            people = (self.partner_id | self.company_partner_id).ids
            domain = [("partner_id", "in", people), ("won_status", "=", "pending")]
            leads = Lead.search(domain, limit=OPPORTUNITY_SIZE) if people else Lead
        return [
            {
                "id": lead.id,
                "name": lead.name,
                "stage": lead.stage_id.name or "",
                "amount": format_amount(self.env, lead.expected_revenue, lead.company_currency)
                if may_read and lead.expected_revenue
                else "",
                "may_open": may_read,
            }
            for lead in leads
        ]

    # === BUSINESS METHODS - SCRIPT === #

    def _prepare_script(self):
        """Prepare the script with all its questions, and how far the call is in it.

        :return: ``id``, ``name``, ``questions`` (``id``, ``number``, ``text``, ``hint``, ``type``,
            ``choices``), and see ``_prepare_progress``; False = the call has no script
        :rtype: dict | bool
        """
        script = self.script_id
        if not script:
            return False
        questions = [
            {
                "id": question.id,
                "number": question.number,
                "text": question.name,
                "hint": question.help or "",
                "type": question.answer_type,
                "choices": question._get_choices(),
            }
            for question in script.question_ids
        ]
        progress = self._prepare_progress()
        return {"id": script.id, "name": script.display_name, "questions": questions, **progress}

    def _prepare_progress(self):
        """Prepare how far the call is in its script.

        :return: ``way`` (ids of the questions that were answered, in their order), ``next_id`` (the
            one to ask; False = none), ``outcome`` (``question``, ``quit``, ``no_match`` or
            ``no_start``) and ``answers`` (``question_id``, ``value`` to be edited, ``text`` to be
            read)
        :rtype: dict
        """
        way, outcome, next_id = self._walk_script()
        return {
            "way": way,
            "next_id": next_id or False,
            "outcome": outcome,
            "answers": [
                {
                    "question_id": answer.question_id.id,
                    "value": self._write_out(answer._get_value()),
                    "text": answer.value or "",
                }
                for answer in self.answer_ids
            ],
        }

    def _walk_script(self):
        """Follow the answers from the start, until a question has none or comes up again.

        :return: ids of the questions answered, outcome, id of the question to ask or None
        :rtype: tuple[list[int], str, int | None]
        """
        script = self.script_id._get_script()
        answers = {answer.question_id.id: answer._get_value() for answer in self.answer_ids}
        way, key = [], script.start
        outcome = "question" if key else "no_start"
        while outcome == "question" and key in answers and key not in way:
            way.append(key)
            step = next_step(script, key, answers[key])
            outcome, key = step.outcome, step.question
        return way, outcome, key

    @api.model
    def _write_out(self, value):
        """Turn an answer into what an input holds.

        :rtype: str | bool
        """
        if isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            return f"{value:.6f}".rstrip("0").rstrip(".")
        return value if isinstance(value, str) else value.isoformat() if value else ""

    def _has_answer(self, question, parsed):
        """Tell whether this very answer is stored already."""
        answer = self.answer_ids.filtered(lambda answer: answer.question_id == question)
        return bool(answer) and answer._get_value() == parsed

    def _get_answer_records(self):
        """Return the records to which answers may be written, by kind.

        :rtype: dict
        """
        return {
            "contact": self.partner_id,
            "company": self.company_partner_id,
            "lead": self.lead_id,
        }

    def _drop_stray_answers(self, question):
        """Take away the answers to questions to which the others no longer lead.

        :param question: the one just answered, whose answer stays
        """
        way = self._walk_script()[0]
        strays = self.answer_ids.filtered(
            lambda answer: answer.question_id.id not in way and answer.question_id != question
        )
        if strays:
            strays.unlink()
            self.invalidate_recordset(["answer_ids"])
