# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestRecipient(CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._create_partners(1)

    def _set_state(self, recipient, state):
        self.env.cr.execute(
            "UPDATE crm_campaign_recipient SET state = %s WHERE id = %s", (state, recipient.id)
        )
        recipient.invalidate_recordset()

    def test_news_move_a_recipient_only_forward(self):
        execution = self._dispatch(self._create_operation())
        recipient = self._get_recipient(execution, self.partner)
        for start, news, end in (
            ("sending", "opened", "opened"),
            ("unknown", "opened", "opened"),
            ("sent", "opened", "opened"),
            ("sent", "bounced", "bounced"),
            ("opened", "clicked", "clicked"),
            ("opened", "bounced", "bounced"),
            ("bounced", "opened", "bounced"),
            ("bounced", "clicked", "clicked"),
            ("clicked", "opened", "clicked"),
            ("clicked", "bounced", "clicked"),
            ("clicked", "replied", "replied"),
            ("replied", "opened", "replied"),
            ("replied", "bounced", "replied"),
            ("excluded", "opened", "excluded"),
            ("failed", "opened", "failed"),
            ("withdrawn", "clicked", "withdrawn"),
        ):
            with self.subTest(f"{start}, then {news}"):
                self._set_state(recipient, start)
                recipient._mark(news)
                self.assertEqual(recipient.state, end)

    def test_a_click_is_an_opening_too(self):
        execution = self._sent_execution()
        recipient = self._get_recipient(execution, self.partner)

        recipient._mark("clicked")

        self.assertTrue(recipient.clicked_at)
        self.assertTrue(recipient.opened_at)
        self.assertFalse(recipient.replied_at)

    def test_the_first_opening_counts(self):
        execution = self._sent_execution()
        recipient = self._get_recipient(execution, self.partner)
        recipient._mark("opened")
        self.env.cr.execute(
            "UPDATE crm_campaign_recipient SET opened_at = '2026-01-01 08:00:00' WHERE id = %s",
            (recipient.id,),
        )
        recipient.invalidate_recordset()

        recipient._mark("opened")

        self.assertEqual(str(recipient.opened_at), "2026-01-01 08:00:00")

    def test_an_address_is_included_only_once_whatever_happens(self):
        execution = self._dispatch(self._create_operation())

        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.UniqueViolation):
            self.env.cr.execute(
                """
                INSERT INTO crm_campaign_recipient
                    (execution_id, res_id, email, state)
                SELECT execution_id, res_id, email, 'pending'
                  FROM crm_campaign_recipient WHERE execution_id = %s
                """,
                (execution.id,),
            )

    def _unknown_recipient(self):
        """Return a recipient whose sender died while it handed the message over."""
        operation = self._create_operation()
        execution = self._dispatch(operation)
        recipient = self._get_recipient(execution, self.partner)
        self.env.cr.execute(
            "INSERT INTO crm_campaign_claim (execution_id, claimed_at) VALUES (%s, '2026-01-01')",
            (execution.id,),
        )
        self.env.cr.execute(
            "UPDATE crm_campaign_recipient SET state = 'sending', claimed_at = '2026-01-01',"
            " sent_at = '2026-01-01 00:00:01' WHERE id = %s",
            (recipient.id,),
        )
        self.env.invalidate_all()
        self._send()
        return recipient

    def test_a_message_whose_fate_is_unknown_is_never_sent_again_by_itself(self):
        recipient = self._unknown_recipient()

        self._send()

        self.assertEqual(recipient.state, "unknown")
        self.assertEqual(recipient.execution_id.state, "error")
        self.assertIn("The fate of 1 message", recipient.operation_id.error_message)

    def test_a_person_decides_that_it_arrived(self):
        recipient = self._unknown_recipient()

        recipient.with_user(self.marketer).action_mark_sent()

        self.assertEqual(recipient.state, "sent")
        self.assertEqual(recipient.operation_id.state, "done")
        execution = recipient.execution_id
        self.assertEqual((execution.sent_count, execution.unknown_count), (1, 0))

    def test_a_person_decides_to_send_again(self):
        recipient = self._unknown_recipient()

        recipient.with_user(self.marketer).action_send_again()
        self.assertEqual(recipient.state, "pending")
        self._send()

        self.assertEqual(recipient.state, "sent")
        self.assertEqual(recipient.operation_id.state, "done")

    def test_an_opening_settles_an_unknown_fate(self):
        recipient = self._unknown_recipient()
        recipient._mark("opened")

        recipient.operation_id.action_retry()
        self._send()

        self.assertEqual(recipient.operation_id.state, "done")
        self.assertEqual(recipient.execution_id.opened_count, 1)

    def test_nothing_is_sent_again_for_a_cancelled_operation(self):
        recipient = self._unknown_recipient()
        recipient.operation_id.action_cancel()

        with self.assertRaisesRegex(UserError, "was cancelled"):
            recipient.with_user(self.marketer).action_send_again()

    def test_only_unknown_fates_are_decided(self):
        execution = self._sent_execution()
        recipient = self._get_recipient(execution, self.partner)

        with self.assertRaisesRegex(UserError, "unknown fate"):
            recipient.with_user(self.marketer).action_send_again()

    def test_who_may_not_write_on_the_operation_decides_nothing(self):
        recipient = self._unknown_recipient()

        with self.assertRaises(AccessError):
            recipient.with_user(self.other_marketer).action_send_again()
        self.assertEqual(recipient.state, "unknown")

    def test_merged_contacts_keep_their_messages(self):
        execution = self._sent_execution()
        survivor = self._create_partner("Survivor", "survivor@test.example.com")

        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.partner + survivor).ids, survivor
        )

        recipient = self.env["crm.campaign.recipient"].search([("execution_id", "=", execution.id)])
        self.assertEqual(recipient.partner_id, survivor)
        self.assertEqual(recipient.email, "person1@test.example.com")

    def test_deleted_contact_leaves_its_messages(self):
        execution = self._sent_execution()

        self.partner.unlink()

        recipient = self.env["crm.campaign.recipient"].search([("execution_id", "=", execution.id)])
        self.assertEqual(recipient.email, "person1@test.example.com")
        self.assertEqual(recipient.display_name, "person1@test.example.com")

    def test_contact_shows_its_campaigns(self):
        self._sent_execution()
        partner = self.partner.with_user(self.marketer)

        self.assertEqual(partner.campaign_recipient_count, 1)
        domain = partner.action_view_campaign_recipients()["domain"]
        self.assertEqual(self.env["crm.campaign.recipient"].search_count(domain), 1)
