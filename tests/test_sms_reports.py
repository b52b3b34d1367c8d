# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import json
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo.tests import HttpCase, tagged

from .common_sms import SmsMixin
from .test_sms_carriers import HostService


class ReportCase(SmsMixin, HttpCase):
    def _get_recipients(self, execution):
        self.env.invalidate_all()
        return self.env["crm.campaign.recipient"].search([("execution_id", "=", execution.id)])

    def _get_states(self, execution):
        return self._get_recipients(execution).mapped("state")


@tagged("post_install", "-at_install")
class TestSmsReports(ReportCase):
    """A real web service on this machine, which reports afterwards."""

    def setUp(self):
        super().setUp()
        self.service = self._start_service()
        self._create_people(2)
        self.execution = self._sent_sms()
        self.keys = [message["key"] for message in self.service.accepted]
        url = self.env["crm.campaign.recipient"]._get_sms_report_url(self.company)
        self.path = urlsplit(url).path

    def _post(self, payload, path=None):
        headers = {"Content-Type": "application/json"}
        body = payload if isinstance(payload, str) else json.dumps(payload)
        return self.url_open(path or self.path, data=body, headers=headers)

    def _report(self, status, key=None, **values):
        return self._post({"key": key or self.keys[0], "status": status, **values})

    def test_delivered_message_is_known_as_such(self):
        response = self._report("delivered")

        self.assertEqual(response.json(), {"known": 1})
        self.assertEqual(self._get_states(self.execution), ["delivered", "sent"])
        self.assertFigures(self.execution, delivered=2, sent=2, bounced=0)

    def test_message_that_did_not_arrive_says_why(self):
        self._report("undelivered", reason="Absent subscriber")

        first = self._get_recipients(self.execution)[0]
        self.assertEqual((first.state, first.failure_reason), ("bounced", "Absent subscriber"))
        self.assertFigures(self.execution, delivered=1, sent=2, bounced=1)

    def test_message_that_the_carrier_refused_may_be_sent_again(self):
        self._report("rejected", reason="Quota")

        self.assertEqual(self._get_states(self.execution), ["failed", "sent"])
        self.execution.operation_id.with_user(self.marketer).action_retry()
        self._send()
        self.assertEqual(self._get_states(self.execution), ["sent", "sent"])
        self.assertEqual([message["key"] for message in self.service.accepted][2], self.keys[0])

    def test_form_is_read_as_well(self):
        self.url_open(self.path, data={"id": self.keys[1], "status": "DELIVRD"})

        self.assertEqual(self._get_states(self.execution), ["sent", "delivered"])

    def test_several_reports_at_once(self):
        self._post([{"key": key, "status": "delivered"} for key in self.keys])

        self.assertEqual(self._get_states(self.execution), ["delivered", "delivered"])

    def test_final_report_stays_whatever_comes_later(self):
        for later in ("sent", "delivered", "undelivered", "failed"):
            with self.subTest(later):
                self._report("delivered")
                self._report(later)
                self.assertEqual(self._get_states(self.execution)[0], "delivered")

    def test_report_settles_an_unknown_fate(self):
        self.env.cr.execute("UPDATE crm_campaign_recipient SET state = 'unknown'")

        self._report("delivered")

        self.assertEqual(self._get_states(self.execution), ["delivered", "unknown"])

    def test_forged_reports_change_nothing(self):
        company = self.foreign_company
        foreign = self.env["crm.campaign.recipient"]._get_sms_report_url(company)
        report = {"key": self.keys[0], "status": "delivered"}
        forged_key = {"key": f"{self.keys[0][:12]}{'0' * 20}", "status": "delivered"}
        for name, path, payload, status in (
            ("forged token", f"{self.path[:-4]}0000", report, 404),
            ("not ASCII", f"{self.path[:-4]}é", report, 404),
            ("token of another company", urlsplit(foreign).path, report, 200),
            ("forged key", self.path, forged_key, 200),
            ("no key", self.path, {"status": "delivered"}, 400),
            ("no JSON", self.path, "{", 400),
        ):
            with self.subTest(name):
                self.assertEqual(self._post(payload, path).status_code, status)
                self.assertEqual(self._get_states(self.execution), ["sent", "sent"])

    def test_reading_the_address_changes_nothing(self):
        self.assertEqual(self.url_open(self.path).status_code, 405)
        self.assertEqual(self._get_states(self.execution), ["sent", "sent"])

    def test_settings_show_the_address(self):
        settings = self.env["res.config.settings"].create({})

        self.assertTrue(settings.campaign_sms_report_url.endswith(self.path))


@tagged("post_install", "-at_install")
class TestSmsHostReports(ReportCase):
    """The host's own address for reports."""

    def setUp(self):
        super().setUp()
        self.company.campaign_sms_provider = "host"
        HostService.answers, HostService.calls = {}, []
        self._create_people(2)
        Company = self.registry["res.company"]
        with patch.object(Company, "_get_sms_api_class", lambda company: HostService):
            self.execution = self._sent_sms("Hello STOP")
        self.key = self._get_recipients(self.execution)[0]._get_sms_key()

    def _report(self, status):
        statuses = [{"sms_status": status, "uuids": [self.key]}]
        self.url_open(
            "/sms/status",
            data=json.dumps({"jsonrpc": "2.0", "params": {"message_statuses": statuses}}),
            headers={"Content-Type": "application/json"},
        )
        first = self._get_recipients(self.execution)[0]
        return first.state, first.failure_reason

    def test_delivered(self):
        self.assertEqual(self._report("delivered"), ("delivered", False))

    def test_not_delivered_says_why(self):
        self.assertEqual(self._report("not_delivered"), ("bounced", "Not Delivered"))

    def test_invalid_number_says_why(self):
        self.assertEqual(self._report("invalid_destination"), ("bounced", "Invalid Destination"))

    def test_message_that_the_service_did_not_take_may_be_sent_again(self):
        self.assertEqual(self._report("credit"), ("failed", "credit"))

    def test_report_on_the_way_changes_nothing(self):
        self._report("delivered")
        self.assertEqual(self._report("processing"), ("delivered", False))

    def test_interrupted_batch_is_prepared_again(self):
        recipients = self._get_recipients(self.execution)
        self.env["crm.campaign.sms.provider.host"]._expect_reports(recipients)

        self.assertEqual(self.env["sms.tracker"].search_count([("sms_uuid", "=", self.key)]), 1)
