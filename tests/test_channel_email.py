# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import re
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CrmCampaignCase, read_messages, real_smtp, start_sink


@tagged("post_install", "-at_install")
class TestChannelEmail(CrmCampaignCase):
    """Emails through a real SMTP server, which runs as a process of its own."""

    def setUp(self):
        super().setUp()
        self.sink = start_sink(self)
        self.env["ir.mail_server"].search([]).active = False
        self.server = self.env["ir.mail_server"].create(
            {"name": "Sink", "smtp_host": self.sink.host, "smtp_port": self.sink.port}
        )
        self.enterContext(real_smtp())

    def _get_messages(self):
        return {message["To"].addresses[0].addr_spec: message for message in self._read()}

    def _read(self):
        return list(read_messages(self.sink.folder))

    def test_one_message_a_person_and_nobody_in_copy(self):
        self._create_partner("Zoé L'Hostis", "zoe@test.example.com")
        self._create_partner("Loïc N'Diaye", "loic@test.example.com")

        self._sent_execution()

        messages = self._get_messages()
        self.assertEqual(set(messages), {"zoe@test.example.com", "loic@test.example.com"})
        message = messages["zoe@test.example.com"]
        self.assertEqual(message["To"], "Zoé L'Hostis <zoe@test.example.com>")
        self.assertEqual(message["Subject"], "Hello Zoé L'Hostis")
        self.assertIsNone(message["Cc"])
        self.assertEqual(
            message["From"], "Campaign Marketer <campaign_marketer@campaign.example.com>"
        )
        self.assertEqual(message["X-Sink-Rcpt-To"], "zoe@test.example.com")

    def test_message_has_a_text_part_and_headers_to_unsubscribe(self):
        self._create_partner("Zoé", "zoe@test.example.com")

        self._sent_execution()

        message = self._get_messages()["zoe@test.example.com"]
        text = message.get_body(("plain",)).get_content()
        self.assertIn("Dear Zoé", text)
        self.assertNotIn("blank.gif", text)
        self.assertRegex(message["List-Unsubscribe"], r"^<http.*/unsubscribe_oneclick\?.*>$")
        raw = next(self.sink.folder.glob("new/*.eml")).read_bytes()
        self.assertRegex(raw, rb"\nList-Unsubscribe: <http[^\s>]+>\r?\n")
        self.assertEqual(message["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")

    def test_links_are_tracked_for_each_person_and_shortened_once(self):
        self._create_partners(3)

        execution = self._sent_execution()

        pages = [message.get_body(("html",)).get_content() for message in self._read()]
        links = [re.search(r"/r/(\w+)/m/(\d+)", page).groups() for page in pages]
        self.assertEqual(len({code for code, _trace in links}), 1)
        self.assertEqual(len({trace for _code, trace in links}), 3)
        tracker = self.env["link.tracker"].search(
            [("mass_mailing_id", "=", execution.mailing_id.id)]
        )
        self.assertEqual(tracker.url, "https://www.example.com/offer")
        self.assertEqual(tracker.campaign_id, execution.campaign_id.utm_campaign_id)

    def test_forgotten_unsubscribe_link_is_added(self):
        self._create_partner("Zoé", "zoe@test.example.com")

        self._sent_execution()

        page = self._read()[0].get_body(("html",)).get_content()
        self.assertEqual(page.count("/confirm_unsubscribe?"), 1)

    def test_service_message_has_no_unsubscribe_link(self):
        self._create_partner("Zoé", "zoe@test.example.com")
        service = self.env.ref("crm_campaign.crm_campaign_purpose_service")
        template = self._create_template(purpose_id=service.id)

        self._sent_execution(template_id=template.id)

        message = self._read()[0]
        self.assertNotIn("unsubscribe", message.get_body(("html",)).get_content())
        self.assertIsNone(message["List-Unsubscribe"])

    def test_empty_merge_field_takes_its_fallback_and_values_are_escaped(self):
        self._create_partner("<b>Zoé</b>", "zoe@test.example.com")
        template = self._create_template(
            subject="{{ object.partner_id.city ||| your town }}",
            body_html='<p><t t-out="object.partner_id.city">your town</t> '
            '<t t-out="object.partner_id.name"/></p>',
        )

        self._sent_execution(template_id=template.id)

        message = self._read()[0]
        self.assertEqual(message["Subject"], "your town")
        page = message.get_body(("html",)).get_content()
        self.assertIn("your town &lt;b&gt;Zoé&lt;/b&gt;", page)

    def test_replies_go_where_the_operation_says(self):
        self._create_partner("Zoé", "zoe@test.example.com")

        self._sent_execution(reply_to="answers@test.example.com")

        self.assertEqual(self._read()[0]["Reply-To"], "answers@test.example.com")

    def test_dots_at_line_starts_arrive_as_they_are(self):
        self._create_partner("Zoé", "zoe@test.example.com")
        template = self._create_template(body_html="<pre>a\n.\n..b\n</pre><p>end</p>")

        self._sent_execution(template_id=template.id)

        page = self._read()[0].get_body(("html",)).get_content()
        self.assertIn("a\n.\n..b\n", page)
        self.assertIn("end", page)

    def test_names_and_addresses_unfit_for_a_mail_fail_alone(self):
        good = self._create_partner("Two\nLines", "good@test.example.com")
        odd = self._create_partner("Odd", "josé@test.example.com")

        execution = self._sent_execution()

        self.assertRecipients(
            execution, [{"partner": good, "state": "sent"}, {"partner": odd, "state": "failed"}]
        )
        self.assertEqual(execution.state, "done")
        message = self._get_messages()["good@test.example.com"]
        self.assertEqual(message["Subject"], "Hello Two Lines")

    def test_server_that_ends_its_sessions_is_called_again(self):
        self._create_partners(3)
        execution = self._dispatch(self._create_operation())
        channel = execution._get_channel()
        open_session = type(channel)._open_session
        sessions = []

        def open_and_remember(channel, operation):
            sessions.append(open_session(channel, operation))
            return sessions[-1]

        def hang_up_after_the_first(channel, execution, payloads):
            for number, outcome in enumerate(deliver(channel, execution, payloads)):
                if not number:
                    sessions[-1].close()
                yield outcome

        deliver = type(channel)._deliver
        with (
            patch.object(type(channel), "_open_session", open_and_remember),
            patch.object(type(channel), "_deliver", hang_up_after_the_first),
        ):
            self._send()

        self.assertEqual(len(sessions), 2)
        self.assertEqual(execution.state, "done")
        self.assertEqual(len(self.sink.accepted()), 3)

    def test_messages_are_handed_over_only_when_their_outcome_is_asked_for(self):
        self._create_partners(3)
        execution = self._dispatch(self._create_operation())
        recipients = self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id)]
        )
        channel = execution._get_channel()
        outcomes = channel._deliver(execution, channel._prepare_batch(execution, recipients))

        self.assertEqual(self.sink.accepted(), [])
        self.assertEqual(next(outcomes), (recipients[0].id, "sent", None))
        self.assertEqual(self.sink.accepted(), ["person1@test.example.com"])
        outcomes.close()

    def test_unsubscribe_link_survives_a_website_of_the_company(self):
        self._create_partner("Zoé", "zoe@test.example.com")
        Recipient = self.registry["crm.campaign.recipient"]

        with patch.object(Recipient, "get_base_url", lambda self: "https://shop.example.com"):
            self._sent_execution()

        page = self._read()[0].get_body(("html",)).get_content()
        self.assertIn("/confirm_unsubscribe?", page)
        self.assertNotIn("unsubscribe_from_list", page)

    def test_refused_address_fails_alone_and_is_retried_alone(self):
        good = self._create_partner("Good", "good@test.example.com")
        bad = self._create_partner("Bad", "bad@test.example.com")
        self.sink.set_behaviour(refuse_rcpt=["bad@test.example.com"])

        execution = self._sent_execution()

        self.assertRecipients(
            execution, [{"partner": good, "state": "sent"}, {"partner": bad, "state": "failed"}]
        )
        self.assertIn("550", self._get_recipient(execution, bad).failure_reason)
        self.assertEqual(execution.operation_id.state, "done")

        self.sink.set_behaviour()
        execution.operation_id.with_user(self.marketer).action_retry()
        self._send()

        self.assertEqual(self.sink.accepted(), ["good@test.example.com", "bad@test.example.com"])
        self.assertFigures(execution, sent=2, failed=0)
        self.assertEqual(execution.operation_id.state, "done")

    def test_failures_in_a_row_suspend_the_operation(self):
        self.env["ir.config_parameter"].set_param("crm_campaign.failures_in_a_row", "5")
        self._create_partners(30)
        execution = self._dispatch(self._create_operation())
        operation = execution.operation_id
        self.sink.set_behaviour(refuse_all=True)

        self._send()

        self.assertEqual((execution.state, operation.state), ("suspended", "suspended"))
        self.assertRegex(execution.error_message, "^5 messages in a row failed for the same cause")
        self.assertEqual(operation.activity_ids.user_id, self.marketer)
        self.assertFigures(execution, failed=5, pending=execution.included_count - 5)

        self.sink.set_behaviour(refuse_all=False)
        operation.action_resume()
        self._send()
        self.assertEqual(execution.state, "done")
        self.assertFigures(execution, failed=5, pending=0)

    def test_everybody_refused_is_an_error(self):
        self._create_partners(3)
        self.sink.set_behaviour(refuse_all=True)

        execution = self._sent_execution()

        self.assertEqual(execution.operation_id.state, "error")
        self.assertEqual(execution.operation_id.error_message, "Every message was refused.")
        self.assertFigures(execution, failed=3, sent=0)

    def test_no_outgoing_server_is_said_before_anything_is_frozen(self):
        self._create_partners(1)
        operation = self._create_operation()
        self.sink.stop()

        with self.assertRaisesRegex(UserError, "outgoing mail server does not answer"):
            operation.action_dispatch()
        self.assertFalse(operation.execution_ids)

    def test_server_that_is_down_keeps_everybody_waiting(self):
        self._create_partners(3)
        operation = self._create_operation()
        execution = self._dispatch(operation)
        self.sink.stop()

        self._send()

        self.assertEqual(operation.state, "error")
        self.assertIn("does not answer", operation.error_message)
        self.assertFigures(execution, pending=3, sent=0, unknown=0)
        self.sink.start()
        operation.action_retry()
        self._send()
        self.assertEqual(operation.state, "done")
        self.assertEqual(len(self.sink.accepted()), 3)

    def test_server_that_dies_midway_loses_nobody_and_writes_to_nobody_twice(self):
        self._create_partners(7)
        operation = self._create_operation()
        execution = self._dispatch(operation)
        self.sink.set_behaviour(drop_after_accepted=4)

        self._send()

        self.assertEqual(operation.state, "error")
        self.assertFigures(execution, sent=4, pending=3, unknown=0)
        self.sink.stop()
        self.sink.set_behaviour()
        self.sink.start()
        operation.action_retry()
        self._send()
        self.assertEqual(operation.state, "done")
        self.assertEqual(
            sorted(self.sink.accepted()),
            [f"person{number}@test.example.com" for number in range(1, 8)],
        )

    def test_server_that_hangs_up_after_the_data_leaves_one_unknown_fate(self):
        self._create_partners(3)
        operation = self._create_operation()
        execution = self._dispatch(operation)
        self.sink.set_behaviour(drop_after_data=["person2@test.example.com"])

        self._send()

        self.assertFigures(execution, sent=2, unknown=1, pending=0)
        self.assertEqual(operation.state, "error")
        self.assertEqual(
            self.sink.accepted(), [f"person{number}@test.example.com" for number in (1, 2, 3)]
        )

    def test_traces_of_the_host_tell_the_same(self):
        self._create_partner("Good", "good@test.example.com")
        self._create_partner("Bad", "bad@test.example.com")
        self.sink.set_behaviour(refuse_rcpt=["bad@test.example.com"])

        execution = self._sent_execution()

        traces = self.env["mailing.trace"].search(
            [("mass_mailing_id", "=", execution.mailing_id.id)]
        )
        self.assertEqual(
            {trace.email: trace.trace_status for trace in traces},
            {"good@test.example.com": "sent", "bad@test.example.com": "error"},
        )

    def test_no_mail_and_no_message_is_made_for_each_recipient(self):
        self._create_partners(5)
        mails = self.env["mail.mail"].search_count([])
        messages = self.env["mail.message"].search_count([("model", "=", "res.partner")])

        self._sent_execution()

        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertEqual(
            self.env["mail.message"].search_count([("model", "=", "res.partner")]), messages
        )
