# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

import psycopg2
from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestEligibility(CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zoe = cls._create_partner("Zoé", "zoe@test.example.com")

    def _refuse(self, partner):
        self.env["crm.campaign.consent"]._record(partner, self.purpose, "email", "refused")

    def _exclusions(self, execution):
        recipients = self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id)]
        )
        return {recipient.partner_id: recipient.exclusion for recipient in recipients}

    def test_who_fails_several_checks_keeps_the_first_reason(self):
        target = self._create_target()
        spoil = {
            "archived": lambda partner: partner.action_archive(),
            "no_address": lambda partner: partner.write({"email": False}),
            "blacklisted": lambda partner: partner._block_email(partner.email_normalized, True),
            "no_consent": self._refuse,
            "manual": lambda partner: target._exclude_records(partner),
        }
        expected = {}
        reasons = list(spoil)
        for position, first in enumerate(reasons):
            partner = self._create_partner(first, f"{first}@test.example.com")
            # From the last check to the first one, so that no address is lost too early.
            for reason in reversed(reasons[position:]):
                spoil[reason](partner)
            expected[partner] = first

        execution = self._dispatch(self._create_operation(target_id=target.id))

        self.assertEqual(self._exclusions(execution), {self.zoe: False, **expected})

    def test_a_duplicate_is_found_among_those_who_may_receive(self):
        refuses = self._create_partner("Refuses", "one@test.example.com")
        first = self._create_partner("First", "one@test.example.com")
        second = self._create_partner("Second", "ONE@test.example.com")
        self._refuse(refuses)

        execution = self._dispatch(self._create_operation())

        self.assertEqual(
            self._exclusions(execution),
            {self.zoe: False, refuses: "no_consent", first: False, second: "duplicate"},
        )

    def test_who_was_excluded_by_hand_leaves_the_address_to_the_others(self):
        out = self._create_partner("Out", "one@test.example.com")
        other = self._create_partner("Other", "one@test.example.com")
        target = self._create_target()
        target._exclude_records(out)

        execution = self._dispatch(self._create_operation(target_id=target.id))

        self.assertEqual(
            self._exclusions(execution), {self.zoe: False, out: "manual", other: False}
        )

    def test_a_named_record_that_the_sender_may_not_see_is_told_without_its_address(self):
        target = self._create_target()
        stranger = self._create_partner("Stranger", "stranger@test.example.com")
        target._add_records(stranger)
        stranger.company_id = self.foreign_company

        execution = self._dispatch(self._create_operation(target_id=target.id))

        recipient = self._get_recipient(execution, stranger)
        self.assertEqual((recipient.exclusion, recipient.email), ("not_visible", False))
        self.assertFigures(execution, targeted=2, included=1, excluded=1)

    def test_criteria_never_tell_about_records_that_the_sender_may_not_see(self):
        stranger = self._create_partner("Stranger", "stranger@test.example.com")
        stranger.company_id = self.foreign_company

        execution = self._dispatch(self._create_operation())

        self.assertFalse(self._get_recipient(execution, stranger))

    def test_what_happens_before_the_message_leaves_counts(self):
        target = self._create_target()
        people = {
            reason: self._create_partner(reason, f"{reason}@test.example.com")
            for reason in ("archived", "blacklisted", "no_consent", "not_visible", "manual")
        }
        execution = self._dispatch(self._create_operation(target_id=target.id))
        people["archived"].action_archive()
        people["blacklisted"].do_not_email = True
        self._refuse(people["no_consent"])
        people["not_visible"].company_id = self.foreign_company
        target._exclude_records(people["manual"])

        self._send()

        withdrawn = {
            "archived": "Archived",
            "blacklisted": "Blacklisted",
            "no_consent": "No Consent",
            "not_visible": "Not Visible",
            "manual": "Excluded by Hand",
        }
        self.assertRecipients(
            execution,
            [
                {"partner": self.zoe, "state": "sent"},
                *(
                    {"partner": people[reason], "state": "withdrawn", "failure_reason": label}
                    for reason, label in withdrawn.items()
                ),
            ],
        )

    # === PRESSURE === #

    def _limit(self, count, days):
        self.company.write(
            {
                "campaign_cap_enabled": True,
                "campaign_cap_count": count,
                "campaign_cap_days": days,
            }
        )

    def test_no_limit_unless_one_is_set(self):
        for _time in range(3):
            self._sent_execution()

        execution = self._dispatch(self._create_operation())

        self.assertEqual(self._exclusions(execution), {self.zoe: False})

    def test_people_are_not_contacted_more_often_than_the_limit(self):
        self._limit(2, 30)
        self._sent_execution()
        self._sent_execution()

        execution = self._dispatch(self._create_operation())

        self.assertEqual(self._exclusions(execution), {self.zoe: "capped"})

    def test_what_waits_to_leave_counts(self):
        self._limit(1, 30)
        first = self._dispatch(self._create_operation())
        second = self._dispatch(self._create_operation())

        self.assertEqual(self._exclusions(first), {self.zoe: False})
        self.assertEqual(self._exclusions(second), {self.zoe: "capped"})
        self._send()
        self.assertRecipients(first, [{"partner": self.zoe, "state": "sent"}])

    def test_what_waits_for_another_try_counts(self):
        self._limit(1, 30)
        first = self._dispatch(self._create_operation())
        self.env.cr.execute(
            "UPDATE crm_campaign_recipient SET state = 'deferred' WHERE execution_id = %s",
            (first.id,),
        )

        second = self._dispatch(self._create_operation())

        self.assertEqual(self._exclusions(second), {self.zoe: "capped"})

    def test_what_is_older_than_the_period_does_not_count(self):
        self._limit(1, 7)
        execution = self._sent_execution()
        for days, expected in ((6, "capped"), (8, False)):
            with self.subTest(days), freeze_time(fields.Datetime.now() + timedelta(days=days)):
                later = self._dispatch(self._create_operation())
                self.assertEqual(self._exclusions(later), {self.zoe: expected})
                later.operation_id.action_cancel()
        self.assertEqual(execution.state, "done")

    def test_service_messages_neither_count_nor_are_held_back(self):
        self._limit(1, 30)
        service = self.env.ref("crm_campaign.crm_campaign_purpose_service")
        self._sent_execution(purpose_id=service.id)
        self.assertEqual(self._exclusions(self._sent_execution()), {self.zoe: False})

        execution = self._dispatch(self._create_operation(purpose_id=service.id))

        self.assertEqual(self._exclusions(execution), {self.zoe: False})

    def test_messages_that_did_not_leave_do_not_count(self):
        self._limit(1, 30)
        cancelled = self._create_operation()
        self._dispatch(cancelled)
        cancelled.action_cancel()

        execution = self._dispatch(self._create_operation())

        self.assertEqual(self._exclusions(execution), {self.zoe: False})

    def test_a_limit_of_zero_is_refused(self):
        with self.assertRaises(psycopg2.errors.CheckViolation), mute_logger("odoo.sql_db"):
            self._limit(0, 30)
            self.env.flush_all()

    # === WATERFALL === #

    def test_the_waterfall_before_departure_is_the_one_of_departure(self):
        self._create_partner("Archived", "archived@test.example.com", active=False)
        self._create_partner("Nobody")
        self._create_partner("Blocked", "blocked@test.example.com").do_not_email = True
        self._refuse(self._create_partner("Refuses", "refuses@test.example.com"))
        self._create_partner("Twin", "zoe@test.example.com")
        operation = self._create_operation()

        figures = operation._get_departure_figures()

        expected = {
            "targeted": 6,
            "archived": 1,
            "no_address": 1,
            "blacklisted": 1,
            "no_consent": 1,
            "duplicate": 1,
            "included": 1,
        }
        self.assertEqual(figures, expected)
        execution = self._dispatch(operation)
        frozen = {entry["reason"]: entry["count"] for entry in execution.exclusion_summary}
        self.assertEqual(
            {
                "targeted": execution.targeted_count,
                **frozen,
                "included": execution.included_count,
            },
            expected,
        )

    def test_each_figure_opens_its_list(self):
        blocked = self._create_partner("Blocked", "blocked@test.example.com")
        blocked.do_not_email = True
        operation = self._create_operation()
        check = (
            self.env["crm.campaign.operation.check"]
            .with_user(self.marketer)
            .create({"operation_id": operation.id})
        )
        for figure, expected in (
            ("targeted", self.zoe + blocked),
            ("blacklisted", blocked),
            ("included", self.zoe),
        ):
            with self.subTest(figure):
                action = check.with_context(recipient_figure=figure).action_view_recipients()
                people = self.env[action["res_model"]].with_user(self.marketer)
                found = people.with_context(**action["context"]).search(action["domain"])
                self.assertEqual(found.sudo(), expected.sorted(lambda partner: partner.id) & found)
                self.assertEqual(len(found), len(expected))

    def test_figures_of_somebody_elses_operation_are_not_shown(self):
        operation = self._create_operation()
        people = self.env["res.partner"].with_user(self.other_marketer)

        with self.assertRaises(UserError):
            people.search([("campaign_departure", "=", f"{operation.id}:included")])

    def test_a_made_up_figure_is_refused(self):
        for figure in ("1", "x:included", "1:no_such_reason", "1; DROP TABLE x:included"):
            with self.subTest(figure), self.assertRaisesRegex(UserError, "no such figure"):
                self.env["res.partner"].search([("campaign_departure", "=", figure)])
