# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date, datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common_call import CallCase


@tagged("post_install", "-at_install")
class TestClosing(CallCase):
    """A campaign that ends, opens again, or begins anew a year later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign = cls._create_campaign()

    def _fill(self):
        """Three calls, of which one is over and one was tried; a mailing that still sends."""
        self._create_partners(2)
        calls = self._create_calls(3, campaign_id=self.campaign.id)
        caller = calls.with_user(self.caller)
        caller[0].record_outcome(self._get_outcome("interested").id)
        caller[1].record_outcome(self._get_outcome("no_answer").id)
        mailing = self._dispatch(self._create_operation(campaign_id=self.campaign.id))
        draft = self._create_operation(name="Draft", campaign_id=self.campaign.id)
        draft.activity_schedule("mail.mail_activity_data_todo", user_id=self.marketer.id)
        return calls, mailing, draft

    def test_closing_gives_up_what_is_left_and_keeps_what_was_done(self):
        calls, mailing, draft = self._fill()
        form = Form(
            self.env["crm.campaign.close"]
            .with_user(self.marketer)
            .with_context(default_campaign_id=self.campaign.id)
        )
        self.assertEqual(
            (form.operation_count, form.recipient_count, form.call_count, form.todo_count),
            (3, 2, 2, 1),
        )

        form.save().action_close()

        self.assertEqual(self.campaign.state, "closed")
        self.assertEqual(self.campaign.closed_by_id, self.marketer)
        self.assertTrue(self.campaign.closed_at)
        left = calls.exists()
        self.assertEqual(left.mapped("state"), ["done", "cancelled"])
        self.assertEqual(left[1].attempt_count, 1)
        operation = left.operation_id
        self.assertEqual((operation.state, mailing.operation_id.state), ("done", "done"))
        self.assertEqual((mailing.state, draft.state), ("cancelled", "cancelled"))
        self.assertFalse(draft.activity_ids)
        recipients = self.env["crm.campaign.recipient"].search(
            [("execution_id", "in", (operation.execution_ids | mailing).ids)]
        )
        states = sorted(recipients.filtered(lambda row: not row.exclusion).mapped("state"))
        self.assertEqual(states, ["delivered", *["withdrawn"] * 4])
        self._send()
        self.assertEqual(mailing.sent_count, 0)

    def test_nothing_begins_in_a_closed_campaign(self):
        _calls, _mailing, draft = self._fill()
        self.campaign.with_user(self.marketer).action_close()
        with self.assertRaisesRegex(UserError, "is closed already"):
            self.campaign.with_user(self.marketer).action_close()
        with self.assertRaisesRegex(UserError, "“Spring” is closed"):
            draft.action_dispatch()
        with self.assertRaisesRegex(UserError, "“Spring” is closed"):
            self._create_operation(campaign_id=self.campaign.id)

    def test_reopening_is_a_managers_right_and_brings_nothing_back(self):
        calls, _mailing, _draft = self._fill()
        campaign = self.campaign.with_user(self.marketer)
        campaign.action_close()
        with self.assertRaisesRegex(AccessError, "Only a marketing manager"):
            campaign.action_reopen()
        self.campaign.with_user(self.manager).action_reopen()
        self.assertEqual((self.campaign.state, self.campaign.closed_at), ("open", False))
        self.assertEqual(len(calls.exists()), 2)

    def test_who_has_no_right_on_the_campaign_does_not_close_it(self):
        for user in (self.other_marketer, self.foreign_manager, self.caller):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.campaign.with_user(user).action_close()

    def test_duplicating_shifts_every_date_and_keeps_the_hours(self):
        self.campaign.write({"date_start": "2026-03-02", "date_end": "2026-05-31"})
        # 9:30 in Paris, in winter; a year later it is summer time on the shifted day.
        operation = self._create_operation(
            campaign_id=self.campaign.id,
            tz="Europe/Paris",
            date_start=datetime(2026, 3, 20, 8, 30),
            date_end=datetime(2026, 4, 20, 7, 30),
        )
        self._create_operation(name="Gone", campaign_id=self.campaign.id).action_cancel()
        wizard = self.env["crm.campaign.duplicate"].with_user(self.marketer)
        wizard = wizard.create(
            {"campaign_id": self.campaign.id, "title": "Spring 2027", "date_start": "2027-03-15"}
        )
        self.assertEqual(wizard.date_end, date(2027, 6, 13))

        action = wizard.action_duplicate()

        copy = self.env["crm.campaign"].browse(action["res_id"])
        self.assertEqual((copy.title, copy.state), ("Spring 2027", "open"))
        self.assertEqual((copy.date_start, copy.date_end), (date(2027, 3, 15), date(2027, 6, 13)))
        self.assertNotEqual(copy.code, self.campaign.code)
        self.assertEqual(copy.operation_ids.name, "Newsletter")
        self.assertEqual(copy.operation_ids.state, "draft")
        self.assertEqual(copy.operation_ids.date_start, datetime(2027, 4, 2, 7, 30))
        self.assertEqual(copy.operation_ids.date_end, datetime(2027, 5, 3, 7, 30))
        self.assertEqual(copy.operation_ids.target_id, operation.target_id)
