# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import smtplib
from email.message import EmailMessage

from odoo.tests import BaseCase, tagged

from ..smtp import Disconnected, Refused, hand_over
from .common import start_sink


@tagged("post_install", "-at_install")
class TestSmtp(BaseCase):
    """One message over a real session: what may be repeated and what may not."""

    def setUp(self):
        super().setUp()
        self.sink = start_sink(self)
        self.session = smtplib.SMTP(self.sink.host, self.sink.port, timeout=10)
        self.addCleanup(self.session.close)
        self.session.ehlo()

    def _hand_over(self, *addresses):
        message = EmailMessage()
        message["To"] = "everybody@test.example.com"
        message["Message-Id"] = "<1@test.example.com>"
        message.set_content("Élise\n.\nend\n")
        hand_over(self.session, "me@test.example.com", list(addresses), message)

    def test_accepted(self):
        self._hand_over("a@test.example.com")

        self.assertEqual(self.sink.accepted(), ["a@test.example.com"])

    def test_refusal_leaves_the_session_usable(self):
        self.sink.set_behaviour(refuse_rcpt=["bad@test.example.com"])

        with self.assertRaisesRegex(Refused, "550"):
            self._hand_over("bad@test.example.com")
        self._hand_over("good@test.example.com")

        self.assertEqual(self.sink.accepted(), ["good@test.example.com"])

    def test_server_that_takes_one_command_at_a_time_is_served_too(self):
        del self.session.esmtp_features["pipelining"]
        self.sink.set_behaviour(refuse_rcpt=["bad@test.example.com"])

        with self.assertRaisesRegex(Refused, "550"):
            self._hand_over("bad@test.example.com")
        self._hand_over("good@test.example.com")

        self.assertEqual(self.sink.accepted(), ["good@test.example.com"])

    def test_one_refused_of_two_refuses_the_message(self):
        self.sink.set_behaviour(refuse_rcpt=["bad@test.example.com"])

        with self.assertRaisesRegex(Refused, "550"):
            self._hand_over("good@test.example.com", "bad@test.example.com")

        self.assertEqual(self.sink.accepted(), [])

    def test_an_address_cannot_hold_a_command(self):
        for address in ("a b@test.example.com", "a@b>\r\nQUIT", "é@test.example.com"):
            with self.subTest(address), self.assertRaises(Refused):
                self._hand_over(address)

    def test_lost_before_the_data_may_be_repeated(self):
        self.sink.set_behaviour(drop_after_accepted=1)
        self._hand_over("a@test.example.com")

        with self.assertRaises(Disconnected) as caught:
            self._hand_over("b@test.example.com")

        self.assertFalse(caught.exception.handed_over)

    def test_lost_after_the_data_may_have_arrived(self):
        self.sink.set_behaviour(drop_after_data=["a@test.example.com"])

        with self.assertRaises(Disconnected) as caught:
            self._hand_over("a@test.example.com")

        self.assertTrue(caught.exception.handed_over)
        self.assertEqual(self.sink.accepted(), ["a@test.example.com"])
