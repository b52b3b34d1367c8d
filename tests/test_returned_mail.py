# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_post import PostCase


@tagged("post_install", "-at_install")
class TestReturnedMail(PostCase):
    """Letters that came back."""

    def test_nobody_writes_to_an_address_from_which_mail_came_back_until_it_changes(self):
        gone = self._create_resident("Gone", "1 rue A")
        here = self._create_resident("Here", "2 rue A")
        execution = self._sent_letters()

        self._get_recipient(execution, gone).with_user(self.marketer).action_returned_mail()

        self.assertRecipients(
            execution,
            [
                {"partner": gone, "state": "bounced", "failure_reason": "Returned by the post"},
                {"partner": here, "state": "sent"},
            ],
        )
        self.assertFigures(execution, sent=2, delivered=1, bounced=1)
        again = self._dispatch(self._create_mailing())
        self.assertRecipients(
            again,
            [
                {"partner": gone, "exclusion": "returned_mail"},
                {"partner": here, "exclusion": False},
            ],
        )
        gone.street = "9 rue Z"
        self.assertFalse(gone.mail_returned_on)
        moved = self._dispatch(self._create_mailing())
        self.assertRecipients(
            moved,
            [{"partner": gone, "exclusion": False}, {"partner": here, "exclusion": False}],
        )

    def test_mail_that_comes_back_while_letters_wait_withdraws_the_letter(self):
        gone = self._create_resident("Gone", "1 rue A")
        execution = self._dispatch(self._create_mailing())
        gone.mail_returned_on = "2026-01-01"

        self._send()

        self.assertRecipients(execution, [{"partner": gone, "state": "withdrawn"}])

    def test_address_of_a_lead_is_its_own(self):
        zoe = self._create_resident("Zoé", "1 rue A")
        tag = self.env["crm.tag"].create({"name": "Post"})
        lead = self.env["crm.lead"].create(
            {"name": "Lead", "partner_id": zoe.id, "tag_ids": tag.ids, "user_id": self.marketer.id}
        )
        target = self._create_target(record_kind="lead", domain=f"[('tag_ids', 'in', [{tag.id}])]")
        execution = self._sent_letters(target_id=target.id)

        self._get_recipient(execution, zoe).with_user(self.marketer).action_returned_mail()

        self.assertTrue(lead.mail_returned_on)
        self.assertFalse(zoe.mail_returned_on)

    def test_only_printed_letters_can_come_back(self):
        zoe = self._create_resident("Zoé", "1 rue A")
        execution = self._dispatch(self._create_mailing())

        with self.assertRaisesRegex(UserError, "Only letters that were printed"):
            self._get_recipient(execution, zoe).with_user(self.marketer).action_returned_mail()

    def test_who_may_not_change_the_operation_records_no_returned_mail(self):
        zoe = self._create_resident("Zoé", "1 rue A")
        execution = self._sent_letters()

        for user in (self.caller, self.other_marketer, self.foreign_manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._get_recipient(execution, zoe).with_user(user).action_returned_mail()
        self.assertFalse(zoe.mail_returned_on)

    def test_merged_contact_keeps_the_judgement_of_its_own_address(self):
        gone = self._create_resident("Gone", "1 rue A", mail_returned_on="2026-01-01")
        kept = self._create_resident("Kept", "2 rue A")

        self.env["base.partner.merge.automatic.wizard"]._merge((kept | gone).ids, kept)

        self.assertFalse(kept.mail_returned_on)
