# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date, datetime
from unittest.mock import patch

from freezegun import freeze_time

import odoo
from odoo import SUPERUSER_ID, api
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from .common import CrmCampaignCase, read_messages, real_smtp, start_sink
from .common_results import invent_results, read_pages

# A Monday
MONDAY = datetime(2026, 11, 30, 6, 0)


@tagged("post_install", "-at_install")
class TestResultsEmail(CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.email = "company@test.example.com"
        cls.marketer.tz = "Europe/Paris"
        cls.campaign = cls._create_campaign(
            report_frequency="weekly", report_next_date="2026-11-30", date_start="2026-11-01"
        )

    def _send_reports(self, moment=MONDAY, **values):
        """Run the job at a moment; return the messages that it made."""
        mails = self.env["mail.mail"].search([])
        self.env.flush_all()
        with (
            invent_results(self.env, **values),
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
        ):
            api.Environment(cr, SUPERUSER_ID, {})["crm.campaign"]._send_due_reports(moment)
        self.env.invalidate_all()
        return self.env["mail.mail"].search([]) - mails

    def _get_notes(self):
        return " ".join(self.campaign.sudo().message_ids.mapped("body"))

    def test_report_is_received_with_its_pdf(self):
        sink = start_sink(self)
        self.env["ir.mail_server"].search([]).active = False
        self.env["ir.mail_server"].create(
            {"name": "Sink", "smtp_host": sink.host, "smtp_port": sink.port}
        )
        mail = self._send_reports()
        with real_smtp():
            mail.send()

        [message] = read_messages(sink.folder)

        self.assertEqual(
            message["To"], "Campaign Marketer <campaign_marketer@campaign.example.com>"
        )
        self.assertIn("company@test.example.com", message["From"])
        self.assertEqual(message["Subject"], "Report: Spring")
        body = message.get_body(("html",)).get_content()
        for figure in ("$\xa088.13", "$\xa05,640.00"):
            self.assertIn(figure, body.replace("&nbsp;", "\xa0"))
        [attachment] = message.iter_attachments()
        self.assertEqual(attachment.get_filename(), f"{self.campaign.code}.pdf")
        pages = read_pages(attachment.get_content())
        self.assertIn("Spring", pages[0])
        self.assertIn("Page 1 of 2", pages[0])

    def test_report_is_sent_once_and_again_a_week_later(self):
        self.assertEqual(len(self._send_reports()), 1)
        self.assertEqual(self.campaign.report_next_date, date(2026, 12, 7))

        self.assertFalse(self._send_reports())
        self.assertFalse(self._send_reports(datetime(2026, 12, 6, 22, 59)), "still Sunday in Paris")
        self.assertEqual(len(self._send_reports(datetime(2026, 12, 6, 23, 0))), 1)

    def test_missed_weeks_are_not_caught_up(self):
        self.assertEqual(len(self._send_reports(datetime(2026, 12, 16, 6, 0))), 1)
        self.assertEqual(self.campaign.report_next_date, date(2026, 12, 21))

    def test_first_report_is_on_a_monday_or_the_first_of_a_month(self):
        with freeze_time("2026-11-30 12:00:00"):
            for frequency, first in (
                ("weekly", date(2026, 12, 7)),
                ("monthly", date(2026, 12, 1)),
                ("none", False),
            ):
                with self.subTest(frequency):
                    self.campaign.report_frequency = frequency
                    self.assertEqual(self.campaign.report_next_date, first)

    def test_end_of_the_month_stays_its_end(self):
        self.campaign.write({"report_frequency": "monthly", "report_next_date": "2027-01-31"})

        self._send_reports(datetime(2027, 1, 31, 6, 0))

        self.assertEqual(self.campaign.report_next_date, date(2027, 2, 28))

    def test_manager_without_address_is_noted_and_holds_up_nobody(self):
        self.marketer.email = False
        other = self._create_campaign(
            title="Autumn", report_frequency="weekly", report_next_date="2026-11-30"
        )
        other = other.sudo()
        other.user_id = self.manager

        mails = self._send_reports()

        self.assertEqual(mails.mapped("subject"), ["Report: Autumn"])
        self.assertIn("Campaign Marketer has no email address", self._get_notes())
        self.assertEqual(self.campaign.report_next_date, date(2026, 12, 7))
        self.assertEqual(other.report_next_date, date(2026, 12, 7))

    def test_broken_campaign_is_noted_and_holds_up_nobody(self):
        other = self._create_campaign(
            title="Autumn", report_frequency="weekly", report_next_date="2026-11-30"
        )
        document = self.env.registry["crm.campaign.results.document"]
        prepare = document._prepare_sheet

        def break_one(self_, campaign):
            if campaign.id == self.campaign.id:
                raise ZeroDivisionError("division by nobody")
            return prepare(self_, campaign)

        with (
            patch.object(document, "_prepare_sheet", break_one),
            mute_logger("odoo.addons.crm_campaign.models.crm_campaign_reporting"),
        ):
            mails = self._send_reports()

        self.assertEqual(mails.mapped("subject"), ["Report: Autumn"])
        self.assertIn("could not be made: division by nobody", self._get_notes())
        self.assertEqual(other.report_next_date, date(2026, 12, 7))

    def test_report_is_made_with_the_rights_of_the_manager(self):
        self.marketer.group_ids -= self.env.ref("crm_campaign.crm_campaign_group_user")

        with mute_logger("odoo.addons.crm_campaign.models.crm_campaign_reporting"):
            mails = self._send_reports()

        self.assertFalse(mails)
        self.assertIn("could not be made", self._get_notes())

    def test_report_is_in_the_language_of_the_manager(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.marketer.lang = "fr_FR"

        mail = self._send_reports()

        self.assertIn("2\xa0480", str(mail.body_html).replace("\u202f", "\xa0"))

    def test_closing_sends_a_last_report(self):
        self.campaign.report_next_date = "2027-01-01"
        with freeze_time(MONDAY):
            self.campaign.with_user(self.marketer).action_close()

        mail = self._send_reports()

        self.assertIn("is closed: here is its last report", mail.body_html)
        self.assertFalse(self.campaign.report_next_date)
        with freeze_time(MONDAY):
            self.campaign.with_user(self.manager).action_reopen()
        self.assertEqual(self.campaign.report_next_date, date(2026, 12, 7))

    def test_campaign_without_report_is_closed_without_one(self):
        self.campaign.report_frequency = "none"

        self.campaign.with_user(self.marketer).action_close()

        self.assertFalse(self.campaign.report_next_date)


@tagged("post_install", "-at_install")
class TestReportWorkers(BaseCase):
    """Two workers at once, on connections of their own, with a campaign that is committed."""

    def setUp(self):
        super().setUp()
        self.connection = odoo.sql_db.db_connect(get_db_name())
        self.addCleanup(self._delete)
        cr, env = self._environment()
        with cr:
            manager = env["res.users"].create(
                {
                    "name": "crm_campaign two workers",
                    "login": "crm_campaign two workers",
                    "email": "workers@test.example.com",
                    "group_ids": [
                        (4, env.ref("base.group_user").id),
                        (4, env.ref("crm_campaign.crm_campaign_group_user").id),
                    ],
                }
            )
            self.manager_id = manager.id
            campaign = env["crm.campaign"].create(
                {
                    "title": "crm_campaign two workers",
                    "user_id": manager.id,
                    "report_frequency": "weekly",
                    "report_next_date": MONDAY.date(),
                }
            )
            self.campaign_id = campaign.id

    def _environment(self):
        cr = self.connection.cursor()
        return cr, api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def _find_mails(self, env):
        return env["mail.mail"].search([("subject", "=", "Report: crm_campaign two workers")])

    def _delete(self):
        cr, env = self._environment()
        with cr:
            self._find_mails(env).unlink()
            env["crm.campaign"].browse(self.campaign_id).unlink()
            manager = env["res.users"].browse(self.manager_id)
            partner = manager.partner_id
            manager.unlink()
            partner.unlink()

    def test_two_workers_send_a_report_once(self):
        first_cr, first_env = self._environment()
        second_cr, second_env = self._environment()
        with first_cr, second_cr:
            first = first_env["crm.campaign"].browse(self.campaign_id)
            second = second_env["crm.campaign"].browse(self.campaign_id)
            self.assertEqual(second.report_next_date, MONDAY.date())

            first._send_locked_report(MONDAY)
            second._send_locked_report(MONDAY)  # the first one holds the row
            first_cr.commit()
            second._send_locked_report(MONDAY)  # the row is another one than it saw
            second._send_locked_report(MONDAY)  # it is not due any more
            second_cr.commit()

            self.assertEqual(len(self._find_mails(second_env)), 1)
            self.assertEqual(second.report_next_date, date(2026, 12, 7))
