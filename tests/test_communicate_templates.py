# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CrmCampaignCase
from .test_communicate import CommunicateMixin


@tagged("post_install", "-at_install")
class TestCommunicateTemplates(CommunicateMixin, CrmCampaignCase):
    """What a template brings into a message to one person, and what became of the message."""

    def test_template_that_the_user_may_not_read_shows_nothing(self):
        template = self.env["crm.campaign.template"].create(
            {
                "name": "Secret",
                "subject": "Top secret",
                "body_html": "<p>x</p>",
                "purpose_id": self.service.id,
                "company_ids": [(6, 0, self.foreign_company.ids)],
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()

        Wizard = self.env["crm.campaign.communicate"].with_user(self.seller)
        with self.assertRaises(AccessError):
            wizard = Wizard.create(
                {
                    "res_model": "res.partner",
                    "res_id": self.zoe.id,
                    "purpose_id": self.service.id,
                    "template_id": template.id,
                }
            )
            wizard.read(["subject"])

    def test_message_that_waits_for_another_try_was_not_sent(self):
        form = self._open(template_id=self._create_template())
        wizard = form.save()
        wizard.action_send()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_campaign_recipient SET state = 'deferred', failure_reason = 'Greylisted'"
            " WHERE execution_id = %s",
            [wizard.execution_id.id],
        )
        self.env.invalidate_all()

        self.assertEqual(
            wizard.outcome,
            "The message to zoe@test.example.com waits for another try: Greylisted",
        )
        self.assertFalse(wizard.has_failed)

    def test_message_has_files_translation_and_footer_of_its_template(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.zoe.lang = "fr_FR"
        self.company.campaign_footer = "<p>Our House</p>"
        template = self._create_template()
        template.attachment_ids = [(0, 0, {"name": "a.txt", "raw": b"abc"})]
        template.translation_ids = [
            (
                0,
                0,
                {
                    "name": "fr",
                    "language": "fr_FR",
                    "subject": "Bonjour",
                    "body_html": "<p>Salut</p>",
                    "has_footer": True,
                },
            )
        ]

        wizard = self._open(template_id=template).save()

        self.assertEqual(wizard.subject, "Bonjour")
        self.assertEqual(wizard.body_html, "<p>Salut</p>")
        self.assertIn("Our House", wizard.preview)
        self.assertIn("Attachments: a.txt", wizard.preview)
        wizard.action_send()
        execution = wizard.execution_id.sudo()
        self.assertEqual(execution.attachment_ids.mapped("name"), ["a.txt"])
        self.assertIn("Our House", execution.mailing_id.body_html)
