# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import json
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

from openpyxl import load_workbook

from odoo.tests import HttpCase, tagged

from .common import CrmCampaignMixin


@tagged("post_install", "-at_install")
class TestControllers(CrmCampaignMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer.group_ids |= cls.env.ref("base.group_allow_export")
        cls.zoe = cls._create_partner("=Zoé", "zoe@test.example.com")
        cls._create_partner("No Email")

    def setUp(self):
        super().setUp()
        self.execution = self._sent_execution()
        self.recipient = self._get_recipient(self.execution, self.zoe)
        self.trace = self.env["mailing.trace"].search(
            [("model", "=", "crm.campaign.recipient"), ("res_id", "=", self.recipient.id)]
        )
        self.mailing = self.execution.mailing_id
        self.email = "zoe@test.example.com"
        self._age(self.execution)
        self.opener.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"

    def _state(self):
        self._judge()
        return self.recipient.state

    def _get_path(self, url):
        parts = urlsplit(url)
        return f"{parts.path}?{parts.query}"

    def _is_blacklisted(self):
        return bool(self.env["mail.blacklist"].search([("email", "=", self.email)]))

    def test_pixel_tells_that_the_message_was_opened(self):
        token = self.env["crm.campaign.channel.email"]._get_pixel_token(self.trace.id)

        response = self.url_open(f"/crm_campaign/open/{self.trace.id}/{token}/blank.gif")

        self.assertEqual(response.headers["Content-Type"], "image/gif")
        self.assertEqual(self._state(), "opened")

    def test_pixel_with_a_wrong_token_tells_nothing(self):
        other = self.env["crm.campaign.channel.email"]._get_pixel_token(self.trace.id + 1)
        for name, token in (
            ("forged", "0" * 64),
            ("of another message", other),
            ("not ASCII", "é"),
        ):
            with self.subTest(name):
                response = self.url_open(f"/crm_campaign/open/{self.trace.id}/{token}/blank.gif")
                self.assertEqual(response.status_code, 200)
                self.assertEqual(self._state(), "sent")

    def test_click_is_recorded_and_leads_to_the_page(self):
        tracker = self.env["link.tracker"].search([("mass_mailing_id", "=", self.mailing.id)])

        response = self.url_open(f"/r/{tracker.code}/m/{self.trace.id}", allow_redirects=False)

        self.assertEqual(response.status_code, 301)
        self.assertTrue(response.headers["Location"].startswith("https://www.example.com/offer"))
        self.assertEqual(self._state(), "clicked")
        self.assertTrue(self.recipient.opened_at)

    def test_message_is_read_in_the_browser(self):
        url = self.mailing._get_view_url(self.email, self.recipient.id)

        response = self.url_open(self._get_path(url))

        self.assertEqual(response.status_code, 200)
        self.assertIn("Dear =Zoé", response.text)
        self.assertEqual(self._state(), "sent")

    def test_reading_the_unsubscribe_pages_changes_nothing(self):
        confirm = self.mailing._get_unsubscribe_url(self.email, self.recipient.id)
        oneclick = self.mailing._get_unsubscribe_oneclick_url(self.email, self.recipient.id)
        for name, path, status in (
            ("confirmation", self._get_path(confirm), 200),
            ("settings", self._get_path(confirm).replace("confirm_", ""), 200),
            ("one click", self._get_path(oneclick), 405),
        ):
            with self.subTest(name):
                response = self.url_open(path)
                self.assertEqual(response.status_code, status)
                self.assertFalse(self._is_blacklisted())
                self.assertFalse(self.recipient.unsubscribed_at)

    def test_one_click_unsubscribes(self):
        url = self.mailing._get_unsubscribe_oneclick_url(self.email, self.recipient.id)

        response = self.url_open(
            self._get_path(url), data={"List-Unsubscribe": "One-Click"}, method="POST"
        )

        self.assertEqual(response.status_code, 200)
        self.env.invalidate_all()
        self.assertTrue(self.recipient.unsubscribed_at)
        self.assertFalse(self._is_blacklisted())
        consent = self.zoe.campaign_consent_ids
        self.assertRecordValues(
            consent,
            [
                {
                    "purpose_id": self.purpose.id,
                    "channel": "email",
                    "decision": "refused",
                    "source": "one_click",
                    "address": "zoe@test.example.com",
                    "execution_id": self.execution.id,
                    "user_id": False,
                }
            ],
        )
        self.assertFigures(self.execution, unsubscribed=1)

    def _call(self, route, **params):
        response = self.url_open(
            route,
            data=json.dumps({"jsonrpc": "2.0", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        return response.json()["result"]

    def test_the_button_of_the_settings_page_unsubscribes(self):
        identity = {
            "mailing_id": self.mailing.id,
            "document_id": self.recipient.id,
            "email": self.email,
        }
        token = self.mailing._generate_mailing_recipient_token(str(self.recipient.id), self.email)

        forged = self._call("/mailing/blocklist/add", **identity, hash_token="0" * len(token))
        self.env.invalidate_all()
        self.assertEqual(forged, "unauthorized")
        self.assertFalse(self.recipient.unsubscribed_at)

        self.assertTrue(self._call("/mailing/blocklist/add", **identity, hash_token=token))
        self.env.invalidate_all()
        self.assertTrue(self.recipient.unsubscribed_at)
        self.assertTrue(self._is_blacklisted())

    def test_forged_one_click_changes_nothing(self):
        url = self.mailing._get_unsubscribe_oneclick_url(self.email, self.recipient.id)
        query = parse_qs(urlsplit(url).query)
        genuine = query["hash_token"][0]
        for name, path in (
            ("wrong token", self._get_path(url).replace(genuine, "0" * len(genuine))),
            ("other recipient", self._get_path(url).replace("document_id=", "document_id=9")),
            ("other address", self._get_path(url).replace("zoe", "anne")),
        ):
            with self.subTest(name):
                response = self.url_open(path, data={"x": "y"}, method="POST")
                self.assertIn(response.status_code, (401, 403, 404))
                self.env.invalidate_all()
                self.assertFalse(self.recipient.unsubscribed_at)
                self.assertFalse(self._is_blacklisted())

    def test_export_holds_everybody_and_no_formula(self):
        self.authenticate("campaign_marketer", "campaign_marketer")

        response = self.url_open(f"/crm_campaign/execution/{self.execution.id}/recipients.xlsx")

        self.assertEqual(response.status_code, 200)
        rows = list(load_workbook(BytesIO(response.content)).active.iter_rows(values_only=True))
        self.assertEqual(len(rows), 3)
        self.assertEqual(rows[0][:4], ("Contact", "Company", "Email", "State"))
        self.assertEqual(rows[1][:4], ("'=Zoé", "'=Zoé", "zoe@test.example.com", "Sent"))
        self.assertEqual(rows[2][:1] + rows[2][3:5], ("No Email", "Excluded", "No Address"))

    def test_export_is_refused_to_who_may_not(self):
        path = f"/crm_campaign/execution/{self.execution.id}/recipients.xlsx"
        for login, status in (
            ("campaign_manager", 403),  # sees it, but may not export
            ("campaign_other", 404),
            ("campaign_foreign", 404),
            ("campaign_caller", 403),
        ):
            with self.subTest(login):
                self.authenticate(login, login)
                self.assertEqual(self.url_open(path).status_code, status)

    def test_export_asks_visitors_to_log_in(self):
        self.authenticate(None, None)

        response = self.url_open(
            f"/crm_campaign/execution/{self.execution.id}/recipients.xlsx", allow_redirects=False
        )

        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login", response.headers["Location"])

    # === EXPORT OF TARGETS === #

    def _export_target(self, file_format, login="campaign_marketer"):
        self.authenticate(login, login)
        target = self.execution.target_id
        return self.url_open(f"/crm_campaign/target/{target.id}/records.{file_format}")

    def test_target_is_exported_as_a_workbook_with_the_chosen_columns(self):
        self.execution.target_id.columns = ["email", "name"]

        response = self._export_target("xlsx")

        rows = list(load_workbook(BytesIO(response.content)).active.values)
        self.assertEqual(
            rows, [("Email", "Name"), ("zoe@test.example.com", "'=Zoé"), (None, "No Email")]
        )

    def test_target_is_exported_as_text_without_formulas(self):
        response = self._export_target("csv")

        lines = response.content.decode("utf-8-sig").splitlines()
        self.assertEqual(lines[0], "Display Name,Email,Phone,Zip,City,Tags")
        self.assertEqual(lines[1], "'=Zoé,zoe@test.example.com,,,,Campaign Test")
        self.assertEqual(len(lines), 3)

    def test_exports_that_are_refused(self):
        for name, file_format, login, status in (
            ("unknown format", "exe", "campaign_marketer", 404),
            ("no right to export", "csv", "campaign_other", 403),
            ("target of another company", "csv", "campaign_foreign", 404),
        ):
            with self.subTest(name):
                self.assertEqual(self._export_target(file_format, login).status_code, status)
