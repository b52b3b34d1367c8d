# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestConsent(CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zoe = cls._create_partner("Zoé", "zoe@test.example.com", phone="+33612345678")
        cls.consents = cls.env["crm.campaign.consent"]
        cls.service = cls.env.ref("crm_campaign.crm_campaign_purpose_service")
        cls.information = cls.env.ref("crm_campaign.crm_campaign_purpose_information")

    def _decide(self, decision, partner=None, purpose=None, channel="email", **proof):
        return self.consents._record(
            partner or self.zoe, purpose or self.purpose, channel, decision, **proof
        )

    def _exclusion(self, partner=None, **values):
        execution = self._dispatch(self._create_operation(**values))
        return self._get_recipient(execution, partner or self.zoe).exclusion

    def test_the_last_decision_is_in_force_and_the_others_stay(self):
        for decision in ("given", "refused", "given"):
            self._decide(decision)

        lines = self.consents.search([("partner_id", "=", self.zoe.id)], order="id")
        self.assertEqual(lines.mapped("decision"), ["given", "refused", "given"])
        self.assertEqual(lines.mapped("is_current"), [False, False, True])

    def test_of_several_decisions_at_once_the_last_is_in_force(self):
        line = {"partner_id": self.zoe.id, "purpose_id": self.purpose.id, "channel": "sms"}

        lines = self.consents.create(
            [{**line, "decision": "given"}, {**line, "decision": "refused"}]
        )

        self.assertEqual(lines.mapped("is_current"), [False, True])

    def test_decisions_about_other_purposes_and_channels_stand_beside(self):
        self._decide("refused")
        self._decide("given", channel="sms")
        self._decide("given", purpose=self.information)

        self.assertEqual(
            self.consents._get_in_force(self.zoe),
            {
                (self.zoe.id, self.purpose.id, "email"): "refused",
                (self.zoe.id, self.purpose.id, "sms"): "given",
                (self.zoe.id, self.information.id, "email"): "given",
            },
        )

    def test_a_decision_keeps_its_proof(self):
        line = self._decide("given", wording="Agreed on the phone", channel="phone")

        self.assertRecordValues(
            line,
            [
                {
                    "address": "+33612345678",
                    "wording": "Agreed on the phone",
                    "source": "manual",
                    "user_id": self.env.user.id,
                }
            ],
        )

    def test_a_decision_is_never_changed(self):
        line = self._decide("given")

        with self.assertRaisesRegex(UserError, "never changed"):
            line.write({"decision": "refused"})

    def test_a_decision_is_never_deleted(self):
        line = self._decide("given")

        with self.assertRaisesRegex(UserError, "never deleted"):
            line.unlink()

    def test_nobody_is_asked_about_service_messages(self):
        with self.assertRaisesRegex(UserError, "does not depend on consent"):
            self._decide("refused", purpose=self.service)

    def test_deleting_the_contact_deletes_the_decisions(self):
        line = self._decide("given")

        self.zoe.unlink()

        self.assertFalse(line.exists())

    # === ELIGIBILITY === #

    def test_purpose_says_whether_the_undecided_may_be_written_to(self):
        for unknown_email, decision, expected in (
            (True, None, False),
            (True, "unknown", False),
            (True, "given", False),
            (True, "refused", "no_consent"),
            (False, None, "no_consent"),
            (False, "unknown", "no_consent"),
            (False, "given", False),
            (False, "refused", "no_consent"),
        ):
            with self.subTest(unknown_email=unknown_email, decision=decision):
                partner = self._create_partner("One", f"{unknown_email}{decision}@test.example.com")
                self.purpose.unknown_email = unknown_email
                if decision:
                    self._decide(decision, partner)
                self.assertEqual(self._exclusion(partner), expected)

    def test_refusing_another_channel_or_purpose_does_not_count(self):
        self._decide("refused", channel="sms")
        self._decide("refused", purpose=self.information)

        self.assertFalse(self._exclusion())

    def test_service_messages_reach_who_refuses_the_rest(self):
        self._decide("refused")
        self._decide("refused", purpose=self.information)

        self.assertFalse(self._exclusion(purpose_id=self.service.id))

    def test_a_refusal_counts_until_the_message_leaves(self):
        execution = self._dispatch(self._create_operation())
        self._decide("refused")

        self._send()

        self.assertRecipients(
            execution,
            [{"partner": self.zoe, "state": "withdrawn", "failure_reason": "No Consent"}],
        )

    # === MERGE === #

    def _merge(self, *partners):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([partner.id for partner in partners], partners[0])
        self.env.invalidate_all()

    def test_merging_keeps_the_most_restrictive(self):
        for kept, merged, expected in (
            ("given", "refused", "refused"),
            ("refused", "given", "refused"),
            (None, "refused", "refused"),
            ("given", None, "given"),
            ("unknown", "given", "given"),
        ):
            with self.subTest(kept=kept, merged=merged):
                first = self._create_partner("First", "first@test.example.com")
                second = self._create_partner("Second", "second@test.example.com")
                for partner, decision in ((first, kept), (second, merged)):
                    if decision:
                        self._decide(decision, partner)
                before = self.consents.search_count([("partner_id", "in", (first + second).ids)])

                self._merge(first, second)

                self.assertEqual(first.campaign_consent_ids.mapped("decision"), [expected])
                self.assertEqual(first.campaign_consent_ids.source, "merge")
                log = self.consents.search_count([("partner_id", "=", first.id)])
                self.assertEqual(log, before + 1)

    def test_merging_keeps_the_wish_for_peace(self):
        first = self._create_partner("First", "first@test.example.com")
        second = self._create_partner("Second", "second@test.example.com", do_not_write=True)
        second.do_not_email = True

        self._merge(first, second)

        self.assertTrue(first.do_not_email)
        self.assertTrue(first.do_not_write)
        self.assertFalse(first.do_not_call)

    def test_merging_keeps_what_was_said_by_hand(self):
        first = self._create_partner("First", "first@test.example.com")
        second = self._create_partner("Second", "second@test.example.com")
        target = self._create_target()
        target._add_records(first)
        target._exclude_records(second)

        self._merge(first, second)

        members = self.env["crm.campaign.target.member"].search([("target_id", "=", target.id)])
        self.assertRecordValues(members, [{"res_id": first.id, "origin": "exclusion"}])

    # === BOXES === #

    def test_boxes_and_blacklists_are_in_step(self):
        blacklists = {
            "do_not_email": (self.env["mail.blacklist"], "zoe@test.example.com"),
            "do_not_call": (self.env["phone.blacklist"], "+33612345678"),
        }
        lead = self.env["crm.lead"].create(
            {"name": "Lead", "email_from": "zoe@test.example.com", "phone": "+33612345678"}
        )
        for box, (blacklist, address) in blacklists.items():
            for record in (self.zoe, lead):
                with self.subTest(box, record=record):
                    record[box] = True
                    self.assertTrue(blacklist.search([(blacklist._rec_name, "=", address)]))
                    self.assertEqual((self.zoe[box], lead[box]), (True, True))
                    record[box] = False
                    self.assertFalse(blacklist.search([(blacklist._rec_name, "=", address)]))
                    arguments = [address] if box == "do_not_email" else [[address]]
                    blacklist._add(*arguments)
                    self.env.invalidate_all()
                    self.assertTrue(record[box])
                    self.assertIn(record, record.search([(box, "=", True)]))
                    blacklist._remove(*arguments)
                    self.env.invalidate_all()
                    self.assertFalse(record[box])

    def test_the_wish_for_peace_follows_a_new_address(self):
        self.zoe.do_not_email = True

        self.zoe.email = "zoe.new@test.example.com"

        self.assertTrue(self.zoe.do_not_email)
        self.assertEqual(self._exclusion(), "blacklisted")

    def test_a_box_needs_an_address(self):
        nobody = self._create_partner("Nobody")

        with self.assertRaisesRegex(UserError, "no email address to block"):
            nobody.do_not_email = True

    def test_a_salesperson_ticks_the_boxes(self):
        self.zoe.with_user(self.marketer).write({"do_not_email": True, "do_not_call": True})

        self.assertTrue(self.zoe.do_not_email)
        self.assertTrue(self.zoe.do_not_call)
