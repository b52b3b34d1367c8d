# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmCampaignCase

REPLY = """\
From: Zoé <zoe@test.example.com>
To: {to}
Subject: Re: Hello
Message-Id: <reply-1@test.example.com>
In-Reply-To: {message_id}
References: {message_id}
Content-Type: text/plain; charset=utf-8

Please call me back.
"""

BOUNCE = """\
From: MAILER-DAEMON <mailer-daemon@test.example.com>
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-Id: <bounce-1@test.example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="frontier"

--frontier
Content-Type: text/plain; charset=utf-8

550 5.1.1 unknown user

--frontier
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.test.example.com

Final-Recipient: rfc822; zoe@test.example.com
Action: failed
Status: 5.1.1

--frontier
Content-Type: message/rfc822

From: marketing@campaign.example.com
To: zoe@test.example.com
Subject: Hello
Message-Id: {message_id}

body
--frontier--
"""


@tagged("post_install", "-at_install")
class TestReplies(CrmCampaignCase):
    """What comes back by mail, through the host's gateway."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].create(
            {
                "name": "campaign.example.com",
                "bounce_alias": "campaign-bounce",
                "catchall_alias": "campaign-catchall",
                "default_from": "campaign-notifications",
            }
        )
        cls.company.alias_domain_id = cls.domain
        cls.zoe = cls._create_partner("Zoé", "zoe@test.example.com")

    def setUp(self):
        super().setUp()
        self.execution = self._sent_execution()
        self.recipient = self._get_recipient(self.execution, self.zoe)
        self.trace = self.env["mailing.trace"].search(
            [("model", "=", "crm.campaign.recipient"), ("res_id", "=", self.recipient.id)]
        )

    def _receive(self, source, to):
        raw = source.format(to=to, message_id=self.trace.message_id)
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].message_process(None, raw)

    def test_reply_joins_the_contact_and_counts(self):
        for name, to in (
            ("to the responsible", "campaign_marketer@campaign.example.com"),
            ("to the catchall", "campaign-catchall@campaign.example.com"),
        ):
            with self.subTest(name):
                self.env.cr.execute("DELETE FROM mail_message WHERE message_id LIKE '<reply-1%'")
                self._receive(REPLY, to)

                self.assertEqual(self.recipient.state, "replied")
                self.assertIn("Please call me back.", self.zoe.message_ids[0].body)
                self.assertFigures(self.execution, replied=1, opened=1)

    def test_reply_to_an_alias_of_the_host_keeps_its_way(self):
        self.env["mail.alias"].create(
            {
                "alias_name": "sales-desk",
                "alias_domain_id": self.domain.id,
                "alias_model_id": self.env["ir.model"]._get("crm.lead").id,
            }
        )

        self._receive(REPLY, '"Sales Desk" <sales-desk@campaign.example.com>')

        lead = self.env["crm.lead"].search([("name", "=", "Re: Hello")])
        self.assertEqual(len(lead), 1)
        self.assertEqual(lead.campaign_id, self.execution.campaign_id.utm_campaign_id)
        self.assertEqual(self.recipient.state, "replied")

    def test_bounce_reaches_the_recipient_with_its_reason(self):
        self._receive(BOUNCE, "campaign-bounce@campaign.example.com")

        self.assertEqual(self.recipient.state, "bounced")
        self.assertIn("550 5.1.1 unknown user", self.recipient.failure_reason)
        self.assertFigures(self.execution, bounced=1, delivered=0, sent=1)

    def test_mail_about_something_else_changes_nothing(self):
        raw = REPLY.format(
            to="campaign_marketer@campaign.example.com", message_id="<other@test.example.com>"
        )

        with (
            mute_logger("odoo.addons.mail.models.mail_thread"),
            self.assertRaisesRegex(ValueError, "No possible route"),
        ):
            self.env["mail.thread"].message_process(None, raw)
        self.assertEqual(self.recipient.state, "sent")
