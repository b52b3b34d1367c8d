# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date, datetime, timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestPress(CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign = cls._create_campaign()
        cls.euro = cls.env.ref("base.EUR")

    def _create_press(self, **values):
        values = {
            "name": "Advert",
            "operation_type": "press",
            "campaign_id": self.campaign.id,
            "press_medium": "The Building Monthly",
            **values,
        }
        return self.env["crm.campaign.operation"].with_user(self.marketer).create(values)

    def _prepare(self, **values):
        values = {
            "operation_type": "press",
            "campaign_id": self.campaign.id,
            "name": "Advert",
            "press_medium": "The Building Monthly",
            **values,
        }
        return self.env["crm.campaign.operation.assistant"].with_user(self.marketer).create(values)

    # === ASSISTANT === #

    def test_the_assistant_has_three_steps(self):
        assistant = self._prepare()
        steps = [assistant.step]
        for _time in range(2):
            assistant.action_next()
            steps.append(assistant.step)

        self.assertEqual(steps, ["welcome", "characteristics", "validation"])

    def test_the_currency_is_that_of_the_campaign(self):
        self.campaign.currency_id = self.euro

        form = Form(
            self.env["crm.campaign.operation.assistant"]
            .with_user(self.marketer)
            .with_context(default_operation_type="press", default_campaign_id=self.campaign.id)
        )

        self.assertEqual(form.currency_id, self.euro)

    def test_name_currency_and_medium_are_checked(self):
        for missing, label in (
            ("name", "Name of the Operation"),
            ("currency_id", "Currency"),
            ("press_medium", "Medium"),
        ):
            with self.subTest(missing):
                assistant = self._prepare(step="characteristics")
                assistant[missing] = False
                with self.assertRaisesRegex(UserError, f"Please fill in: {label}"):
                    assistant.action_next()

    def test_validating_makes_the_operation(self):
        contact = self._create_partner("Editor")
        assistant = self._prepare(
            budget=1200,
            press_kind="article",
            press_issue_date="2026-06-01",
            press_publication_date="2026-05-20",
            press_format="Half a page",
            press_reference="BM-06-12",
            press_contact_id=contact.id,
        )

        action = assistant.action_validate()

        operation = self.env["crm.campaign.operation"].browse(action["res_id"])
        self.assertRecordValues(
            operation,
            [
                {
                    "operation_type": "press",
                    "campaign_id": self.campaign.id,
                    "state": "draft",
                    "channel": False,
                    "budget": 1200,
                    "press_medium": "The Building Monthly",
                    "press_kind": "article",
                    "press_issue_date": date(2026, 6, 1),
                    "press_publication_date": date(2026, 5, 20),
                    "press_format": "Half a page",
                    "press_reference": "BM-06-12",
                    "press_contact_id": contact.id,
                    "target_id": False,
                    "template_id": False,
                    "date_start": False,
                    # On the planning on its day
                    "date_calendar": datetime(2026, 5, 20, 12),
                }
            ],
        )
        self.assertFalse(assistant.exists())

    # === OPERATION === #

    def test_it_opens_finishes_and_opens_again(self):
        press = self._create_press()
        states = []
        for action in ("action_open", "action_finish", "action_open", "action_cancel"):
            getattr(press, action)()
            states.append(press.state)

        self.assertEqual(states, ["running", "done", "running", "cancelled"])
        self.assertFalse(press.execution_ids)

    def test_its_fields_may_change_while_it_runs_and_no_more_at_the_end(self):
        press = self._create_press()
        press.action_open()
        press.campaign_id = self._create_campaign(title="Autumn")
        press.action_finish()

        with self.assertRaises(UserError):
            press.campaign_id = self.campaign

    def test_nothing_is_dispatched(self):
        press = self._create_press()
        for name in ("action_ready", "action_dispatch", "action_suspend"):
            with self.subTest(name), self.assertRaisesRegex(UserError, "sends nothing"):
                getattr(press, name)()

    def test_a_mailing_is_not_opened(self):
        mailing = self._create_operation()
        for name in ("action_open", "action_finish"):
            with self.subTest(name), self.assertRaisesRegex(UserError, "is dispatched, not opened"):
                getattr(mailing, name)()
        self.assertEqual(mailing.state, "draft")

    def test_channels_belong_to_what_is_sent(self):
        with self.assertRaisesRegex(ValidationError, "have no channel"):
            self._create_press().channel = "email"
        with self.assertRaisesRegex(ValidationError, "everything else has"):
            self._create_operation(channel=False, template_id=False)

    def test_a_budget_without_currency_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "has a budget but no currency"):
            self._create_press(budget=100).currency_id = False

    def test_closing_the_campaign_ends_it(self):
        running, new = self._create_press(), self._create_press()
        running.action_open()

        self.campaign.action_close()

        self.assertEqual(running.state, "done")
        self.assertEqual(new.state, "cancelled")

    def test_a_closed_campaign_opens_nothing(self):
        press = self._create_press()
        press.action_open()
        self.campaign.action_close()

        with self.assertRaisesRegex(UserError, "is closed"):
            press.action_open()

    def test_it_commits_its_budget(self):
        self._create_press(budget=1200)

        self.assertEqual(self.campaign.budget_committed, 1200)

    def test_a_campaign_for_a_new_period_moves_its_insertions(self):
        press = self._create_press(press_issue_date="2026-06-01")
        start = self.campaign.date_start
        wizard = self.env["crm.campaign.duplicate"].with_user(self.marketer)
        wizard = wizard.create(
            {
                "campaign_id": self.campaign.id,
                "title": "Next",
                "date_start": start + timedelta(days=364),
            }
        )

        campaign = self.env["crm.campaign"].browse(wizard.action_duplicate()["res_id"])

        copied = campaign.operation_ids
        self.assertEqual(copied.press_issue_date, date(2027, 5, 31))
        self.assertFalse(copied.channel)
        self.assertNotIn(copied.response_code, (False, press.response_code))
