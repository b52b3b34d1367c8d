# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import datetime, timedelta

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import mail_new_test_user

from .common import CrmCampaignCase
from .common_call import CallCase


class ResponseMixin:
    """What tests of responses have in common."""

    def _count(self):
        """Run the job that counts, in the transaction of the test."""
        with self.enter_registry_test_mode():
            self.env.ref("crm_campaign.ir_cron_refresh_counters").method_direct_trigger()
        self.env.invalidate_all()

    def _get_kinds(self, **values):
        domain = [(name, "=", value) for name, value in values.items()]
        return sorted(self.env["crm.campaign.response"].search(domain).mapped("kind"))


@tagged("post_install", "-at_install")
class TestResponse(ResponseMixin, CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.responses = cls.env["crm.campaign.response"]
        cls.zoe = cls._create_partner("Zoé", "zoe@test.example.com")
        cls.leon = cls._create_partner("Léon", "leon@test.example.com")

    def _react(self, recipient, **moments):
        """Have a recipient reply or click, and ask to count."""
        for name, moment in moments.items():
            self.env.cr.execute(
                f"UPDATE crm_campaign_recipient SET {name}_at = %s WHERE id = %s",
                (moment, recipient.id),
            )
        self.env.invalidate_all()
        self.env["crm.campaign.recount"]._request(recipient.execution_id)

    def _enter(self, user=None, **values):
        values.setdefault("partner_id", self.zoe.id)
        return self.responses.with_user(user or self.marketer).create(values)

    # === BY HAND === #

    def test_a_response_is_entered_by_hand_and_counts_at_once(self):
        operation = self._create_operation()

        response = self._enter(operation_id=operation.id, note="Wants a quotation")

        self.assertRecordValues(
            response.sudo(),
            [
                {
                    "campaign_id": operation.campaign_id.id,
                    "company_id": self.company.id,
                    "kind": "manual",
                    "user_id": self.marketer.id,
                }
            ],
        )
        self.assertEqual(operation.response_count, 1)
        self.assertEqual(operation.campaign_id.response_count, 1)

    def test_the_same_person_answers_an_operation_once(self):
        operation = self._create_operation()
        self._enter(operation_id=operation.id)

        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.UniqueViolation):
            self._enter(operation_id=operation.id)

    def test_a_person_may_answer_to_the_campaign_and_to_each_operation(self):
        operation = self._create_operation()
        self._enter(operation_id=operation.id)

        self._enter(campaign_id=operation.campaign_id.id)

        self.assertEqual(operation.response_count, 1)
        self.assertEqual(operation.campaign_id.response_count, 2)

    def test_the_contact_of_a_lead_is_the_person(self):
        campaign = self._create_campaign()
        lead = self.env["crm.lead"].create({"name": "Kitchen", "partner_id": self.zoe.id})

        response = self._enter(campaign_id=campaign.id, partner_id=False, lead_id=lead.id)

        self.assertEqual(response.partner_id, self.zoe)

    def test_an_address_stands_for_a_stranger_however_it_is_written(self):
        campaign = self._create_campaign()
        self._enter(campaign_id=campaign.id, partner_id=False, address="New@Example.com")

        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.UniqueViolation):
            self._enter(campaign_id=campaign.id, partner_id=False, address=" new@example.com")

    def test_a_response_of_nobody_is_refused(self):
        with self.assertRaisesRegex(UserError, "Say who answered"):
            self._enter(campaign_id=self._create_campaign().id, partner_id=False)

    def test_who_is_not_entered_yet_has_no_name(self):
        for model in ("crm.campaign.response", "crm.campaign.attendee"):
            with self.subTest(model):
                self.assertIs(self.env[model].new({}).display_name, False)

    def test_only_what_was_entered_by_hand_is_said_to_be(self):
        with self.assertRaisesRegex(UserError, "as such only"):
            self._enter(campaign_id=self._create_campaign().id, kind="reply")
        response = self._enter(campaign_id=self._create_campaign().id)
        for vals in ({"kind": "call"}, {"is_counted": False}):
            with self.subTest(vals), self.assertRaisesRegex(UserError, "as such only"):
                response.with_user(self.marketer).write(vals)

    def test_a_deleted_response_counts_no_more(self):
        operation = self._create_operation()
        response = self._enter(operation_id=operation.id)
        self._enter(operation_id=operation.id, partner_id=self.leon.id)

        response.unlink()

        self.assertEqual(operation.response_count, 1)
        self.assertEqual(operation.campaign_id.response_count, 1)

    def test_a_deleted_contact_leaves_the_response(self):
        operation = self._create_operation()
        self._enter(operation_id=operation.id)
        self._enter(operation_id=operation.id, partner_id=self.leon.id)

        (self.zoe | self.leon).unlink()

        self.assertEqual(operation.response_count, 2)

    # === REPLIES AND CLICKS === #

    def test_a_reply_and_a_click_become_responses(self):
        execution = self._sent_execution()
        moment = datetime(2026, 5, 4, 9, 30)
        recipient = self._get_recipient(execution, self.zoe)
        self._react(recipient, replied=moment, clicked=moment)

        self._count()

        self.assertRecordValues(
            self.responses.search(
                [("kind", "=", "reply"), ("operation_id", "=", execution.operation_id.id)]
            ),
            [
                {
                    "operation_id": execution.operation_id.id,
                    "campaign_id": execution.campaign_id.id,
                    "company_id": self.company.id,
                    "partner_id": self.zoe.id,
                    "recipient_id": recipient.id,
                    "date": moment,
                    "user_id": False,
                    "address": False,
                }
            ],
        )
        self.assertEqual(self._get_kinds(partner_id=self.zoe.id), ["click", "reply"])
        self.assertEqual(execution.operation_id.response_count, 2)
        self.assertEqual(execution.campaign_id.response_count, 2)

    def test_counting_again_makes_no_other_response(self):
        execution = self._sent_execution()
        recipient = self._get_recipient(execution, self.zoe)
        for _time in range(2):
            self._react(recipient, replied=datetime(2026, 5, 4, 9, 30))
            self._count()

        self.assertEqual(self._get_kinds(partner_id=self.zoe.id), ["reply"])
        self.assertEqual(execution.operation_id.response_count, 1)

    def test_openings_are_no_responses(self):
        execution = self._sent_execution()
        self._react(self._get_recipient(execution, self.zoe), opened=datetime(2026, 5, 4, 9, 30))

        self._count()

        self.assertFalse(self._get_kinds(partner_id=self.zoe.id))

    def test_many_replies_cost_as_many_statements_as_one(self):
        execution = self._sent_execution()
        self._react(self._get_recipient(execution, self.zoe), replied=datetime(2026, 5, 4))
        self._react(self._get_recipient(execution, self.leon), replied=datetime(2026, 5, 4))
        self.env.flush_all()

        with self.assertQueryCount(1):
            self.responses._note_returns(execution)

        self.assertEqual(self._get_kinds(operation_id=execution.operation_id.id), ["reply"] * 2)

    # === LEADS === #

    def _create_lead(self, campaign, **values):
        values = {
            "name": "Kitchen",
            "partner_id": self.zoe.id,
            "campaign_id": campaign.utm_campaign_id.id,
            **values,
        }
        return self.env["crm.lead"].create(values)

    def _send_at(self, campaign, hours):
        """Send an operation to everybody, so many hours ago."""
        execution = self._sent_execution(campaign_id=campaign.id)
        self.env.cr.execute(
            "UPDATE crm_campaign_recipient SET sent_at = %s WHERE execution_id = %s",
            (datetime.now() - timedelta(hours=hours), execution.id),
        )
        self.env.invalidate_all()
        return execution.operation_id

    def test_a_lead_is_the_last_operations_that_reached_its_contact(self):
        campaign = self._create_campaign()
        self._send_at(campaign, 48)
        last = self._send_at(campaign, 2)
        self._send_at(campaign, -1)  # reached the contact after the lead was made
        self._send_at(self._create_campaign(title="Other"), 1)
        lead = self._create_lead(campaign)

        self._count()

        self.assertEqual(lead.campaign_operation_id, last)
        self.assertEqual(self._get_kinds(lead_id=lead.id), ["lead"])
        self.assertEqual(last.response_count, 1)
        self.assertEqual(campaign.response_count, 1)

    def test_a_lead_that_nothing_reached_is_the_campaigns_alone(self):
        campaign = self._create_campaign()
        operation = self._send_at(campaign, 2)
        stranger = self._create_partner("Stranger")
        lead = self._create_lead(campaign, partner_id=stranger.id)

        self._count()

        self.assertFalse(lead.campaign_operation_id)
        self.assertEqual(operation.response_count, 0)
        self.assertEqual(campaign.response_count, 1)

    def test_a_bounced_message_reached_nobody(self):
        campaign = self._create_campaign()
        operation = self._send_at(campaign, 2)
        self.env.cr.execute("UPDATE crm_campaign_recipient SET state = 'bounced'")
        lead = self._create_lead(campaign)

        self._count()

        self.assertFalse(lead.campaign_operation_id)
        self.assertFalse(self._get_kinds(operation_id=operation.id))

    def test_two_leads_of_a_person_are_attributed_and_are_one_response(self):
        campaign = self._create_campaign()
        operation = self._send_at(campaign, 2)
        leads = self._create_lead(campaign) | self._create_lead(campaign)

        self._count()
        self._count()

        self.assertEqual(leads.campaign_operation_id, operation)
        self.assertEqual(operation.response_count, 1)

    def test_leads_of_other_campaigns_of_the_host_are_left_alone(self):
        utm_campaign = self.env["utm.campaign"].create({"title": "Not ours"})
        lead = self.env["crm.lead"].create({"name": "x", "campaign_id": utm_campaign.id})

        self._count()

        self.assertFalse(lead.campaign_attributed_id)
        self.assertFalse(self._get_kinds(lead_id=lead.id))

    def test_merged_leads_have_one_response(self):
        campaign = self._create_campaign()
        leads = self._create_lead(campaign, partner_id=False)
        leads |= self._create_lead(campaign, partner_id=False)
        self._count()

        kept = leads.merge_opportunity(auto_unlink=True)

        self.assertRecordValues(
            self.responses.search([("campaign_id", "=", campaign.id)]), [{"lead_id": kept.id}]
        )
        self.assertEqual(campaign.response_count, 1)

    # === MERGES AND RIGHTS === #

    def test_merged_contacts_answer_once(self):
        operation = self._create_operation()
        self._enter(operation_id=operation.id)
        self._enter(operation_id=operation.id, partner_id=self.leon.id)

        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.zoe | self.leon).ids, self.zoe)

        self.assertRecordValues(
            self.responses.search([("operation_id", "=", operation.id)]),
            [{"partner_id": self.zoe.id, "person": f"p{self.zoe.id}"}],
        )
        self.assertEqual(operation.response_count, 1)

    def test_responses_of_others_are_neither_seen_nor_entered(self):
        operation = self._create_operation()
        response = self._enter(operation_id=operation.id)
        for user in (self.other_marketer, self.foreign_manager, self.caller):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    response.with_user(user).read(["note"])
                with self.assertRaises(AccessError):
                    self._enter(user, operation_id=operation.id, partner_id=self.leon.id)
        self.assertEqual(response.with_user(self.manager).kind, "manual")

    def test_portal_and_public_users_see_nothing(self):
        operation = self._create_operation()
        response = self._enter(operation_id=operation.id)
        portal = mail_new_test_user(self.env, login="campaign_portal", groups="base.group_portal")
        for user in (portal, self.env.ref("base.public_user")):
            for record in (response, self.env["crm.campaign.attendee"], operation):
                with self.subTest(f"{user.login} {record._name}"), self.assertRaises(AccessError):
                    record.with_user(user).search([])

    def test_a_response_that_made_itself_is_neither_changed_nor_deleted(self):
        campaign = self._create_campaign()
        self._create_lead(campaign)
        self._count()
        response = self.responses.search([("campaign_id", "=", campaign.id)])
        response = response.with_user(self.marketer)

        response.note = "Saw the advert"
        with self.assertRaisesRegex(UserError, "only its note changes"):
            response.partner_id = self.leon
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            response.unlink()

    def test_buttons_open_the_responses(self):
        operation = self._create_operation()
        response = self._enter(operation_id=operation.id)
        for record in (operation, operation.campaign_id):
            with self.subTest(record._name):
                action = record.action_view_responses()
                self.assertEqual(self.responses.search(action["domain"]), response)
        zoe = self.zoe.with_user(self.marketer)
        self.assertEqual(zoe.campaign_response_count, 1)
        domain = zoe.action_view_campaign_responses()["domain"]
        self.assertEqual(self.responses.search(domain), response)


@tagged("post_install", "-at_install")
class TestResponseOfCalls(ResponseMixin, CallCase):
    def _end(self, call, outcome):
        call.with_user(self.caller).record_outcome(self._get_outcome(outcome).id, {"note": "Yes"})

    def test_a_successful_call_is_a_response(self):
        call = self._create_calls(1)

        self._end(call, "interested")
        self._count()

        self.assertRecordValues(
            self.env["crm.campaign.response"].search(
                [("kind", "=", "call"), ("operation_id", "=", call.operation_id.id)]
            ),
            [
                {
                    "operation_id": call.operation_id.id,
                    "partner_id": call.partner_id.id,
                    "user_id": self.caller.id,
                    "note": "Yes",
                }
            ],
        )
        self.assertEqual(call.operation_id.response_count, 1)

    def test_a_call_without_success_is_none(self):
        call = self._create_calls(1)

        self._end(call, "no_answer")

        self.assertFalse(self._get_kinds(operation_id=call.operation_id.id))

    def test_the_lead_of_a_call_is_that_operations(self):
        call = self._create_calls(1)
        call.partner_id.email = "callee@test.example.com"
        self._sent_execution(campaign_id=call.campaign_id.id)
        lead = self.env["crm.lead"].browse(call.with_user(self.caller).create_lead()["id"])

        self._count()

        self.assertEqual(lead.campaign_operation_id, call.operation_id)
        self.assertEqual(self._get_kinds(operation_id=call.operation_id.id), ["lead"])
