# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import re

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged

from .common import CrmCampaignCase, CrmCampaignMixin, read_messages, real_smtp, start_sink
from .test_content_check import CheckMixin

LINK = "https://www.example.com/offer"


class LanguagesMixin(CrmCampaignMixin):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("fr_FR", "fr_BE", "de_DE"):
            cls.env["res.lang"]._activate_lang(code)
        cls.company.partner_id.lang = "en_US"
        cls.country = cls.env.ref("base.de")
        cls.country.with_context(lang="fr_FR").name = "Allemagne"
        cls.template = cls._create_template(
            subject="Spring in {{ object.partner_id.country_id.name }}",
            body_html=f'<p>Good day</p><p><a href="{LINK}">See</a></p>',
        )
        cls.french = cls._translate(
            "fr_FR",
            subject="Printemps en {{ object.partner_id.country_id.name }}",
            body_html=f'<p>Bonjour</p><p><a href="{LINK}">Voir</a></p>',
        )

    @classmethod
    def _translate(cls, code, **values):
        values = {"name": code, "source_id": cls.template.id, "language": code, **values}
        return cls.env["crm.campaign.template"].with_user(cls.marketer).create(values)

    @classmethod
    def _create_speaker(cls, lang):
        return cls._create_partner(
            lang or "Nobody",
            f"{(lang or 'none').lower()}@test.example.com",
            lang=lang,
            country_id=cls.country.id,
        )

    def _depart(self, **values):
        return self._dispatch(self._create_operation(template_id=self.template.id, **values))

    def _get_languages(self, execution):
        recipients = self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id)], order="email"
        )
        return {recipient.email.partition("@")[0]: recipient.lang for recipient in recipients}


@tagged("post_install", "-at_install")
class TestDeliveryLanguages(CheckMixin, LanguagesMixin, CrmCampaignCase):
    """Each recipient gets the translation in their language, or the template itself."""

    def _send_really(self, execution):
        sink = start_sink(self)
        self.env["ir.mail_server"].search([]).active = False
        self.env["ir.mail_server"].create(
            {"name": "Sink", "smtp_host": sink.host, "smtp_port": sink.port}
        )
        self.enterContext(real_smtp())
        self._send()
        return {
            message["To"].addresses[0].username: message for message in read_messages(sink.folder)
        }

    def test_each_one_gets_their_language(self):
        for lang in ("fr_FR", "fr_BE", "de_DE", False):
            self._create_speaker(lang)

        messages = self._send_really(self._depart())

        subjects = {name: message["Subject"] for name, message in messages.items()}
        self.assertEqual(
            subjects,
            {
                "fr_fr": "Printemps en Allemagne",
                "fr_be": "Printemps en Allemagne",
                "de_de": "Spring in Germany",
                "none": "Spring in Germany",
            },
        )
        self.assertIn("Bonjour", messages["fr_be"].get_body(("plain",)).get_content())
        self.assertIn("Good day", messages["de_de"].get_body(("html",)).get_content())

    def test_who_has_no_language_is_taken_to_speak_the_company_s(self):
        self.company.partner_id.lang = "fr_FR"
        self._create_speaker(False)

        self.assertEqual(self._get_languages(self._depart()), {"none": "fr_FR"})

    def test_a_translation_of_the_main_text_s_family_is_for_its_own_people(self):
        self.company.partner_id.lang = "fr_FR"
        self.french.language = "fr_BE"
        for lang in ("fr_FR", "fr_BE", "de_DE", False):
            self._create_speaker(lang)

        self.assertEqual(
            self._get_languages(self._depart()),
            {"fr_fr": False, "fr_be": "fr_BE", "de_de": False, "none": False},
        )

    def test_a_lead_s_language_comes_before_its_contact_s(self):
        german = self._create_speaker("de_DE")
        self.env["crm.lead"].create(
            {
                "name": "Lead",
                "partner_id": german.id,
                "email_from": "lead@test.example.com",
                "lang_id": self.env.ref("base.lang_fr").id,
                "user_id": self.marketer.id,
            }
        )
        target = self._create_target(
            record_kind="lead", domain="[('email_from', '=', 'lead@test.example.com')]"
        )

        execution = self._depart(target_id=target.id)

        self.assertEqual(self._get_languages(execution), {"lead": "fr_FR"})

    def test_the_links_to_unsubscribe_speak_it_too(self):
        self.env["ir.module.module"]._load_module_terms(["crm_campaign"], ["fr_FR"])
        self._create_speaker("fr_FR")
        execution = self._depart()

        self.assertIn("Se désinscrire", execution._get_content("fr_FR")["body_html"])

    def test_links_of_all_languages_count_for_one_execution(self):
        for lang in ("fr_FR", "de_DE"):
            self._create_speaker(lang)
        execution = self._depart()

        links = self.env["link.tracker"].search([("mass_mailing_id", "=", execution.mailing_id.id)])
        self.assertEqual(set(links.mapped("url")), {LINK})
        for lang in ("fr_FR", False):
            self.assertTrue(re.search(r"/r/\w+", execution._get_content(lang)["body_html"]))

    def test_only_languages_of_recipients_are_frozen(self):
        self._translate("de_DE", subject="Frühling", body_html="<p>Guten Tag</p>")
        self._create_speaker("fr_FR")

        self.assertEqual(list(self._depart().translations), ["fr_FR"])

    def test_what_left_is_what_was_there_at_departure(self):
        self._create_speaker("fr_FR")
        execution = self._depart()
        self.french.subject = "Changed"
        self.french.unlink()

        messages = self._send_really(execution)

        self.assertEqual(messages["fr_fr"]["Subject"], "Printemps en Allemagne")

    def test_a_proof_speaks_the_language_of_whom_it_is_about(self):
        self._create_speaker("fr_FR")
        operation = self._create_operation(template_id=self.template.id, needs_proof=True)

        operation.action_request_proof()

        self.assertEqual(operation.proof_subject, "Printemps en Allemagne")

    def test_a_proof_is_void_when_a_translation_changes(self):
        self._create_speaker("fr_FR")
        operation = self._create_operation(template_id=self.template.id, needs_proof=True)
        operation.action_request_proof()
        operation.with_user(self.manager).action_approve_proof()

        self.french.subject = "Été"

        self.assertEqual(operation.state, "to_test")

    def test_an_empty_translation_keeps_the_operation_from_leaving(self):
        self._create_speaker("fr_FR")
        self.french.body_html = False

        with self.assertRaisesRegex(UserError, "has no subject or no body"):
            self._depart()

    def test_an_imported_translation_is_sanitised_as_the_main_text_is(self):
        self._create_speaker("fr_FR")
        self.french._import_html("<html><body><p>Bonjour</p></body></html>")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_campaign_template SET imported_html = %s WHERE id = %s",
            ['<html><body><p onclick="steal()">Bonjour</p></body></html>', self.french.id],
        )
        self.env.invalidate_all()

        body = self._depart()._get_content("fr_FR")["body_html"]

        self.assertIn("Bonjour", body)
        self.assertNotIn("steal", body)

    def test_text_messages_speak_it_too(self):
        self.purpose.unknown_sms = True
        template = self._create_template(channel="sms", body_text="Good day")
        self._translate(
            "fr_FR", source_id=template.id, body_text="Bonjour {{ object.partner_id.name }}"
        )
        self._create_partner("Zoé", phone="+33612345678", lang="fr_FR", country_id=self.country.id)
        self._create_partner("Ann", phone="+33612345679", lang="en_US", country_id=self.country.id)
        execution = self._dispatch(self._create_operation(template_id=template.id, channel="sms"))

        recipients = self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id)], order="phone"
        )
        channel = self.env["crm.campaign.channel.sms"]
        payloads = channel._prepare_batch(execution, recipients)

        texts = [payloads[recipient.id]["text"].splitlines()[0] for recipient in recipients]
        self.assertEqual(texts, ["Bonjour Zoé", "Good day"])

    def test_the_proof_of_a_text_message_speaks_it_too(self):
        self.purpose.unknown_sms = True
        template = self._create_template(channel="sms", body_text="Good day")
        self._translate("fr_FR", source_id=template.id, body_text="Bonjour")
        self._create_partner("Zoé", phone="+33612345678", lang="fr_FR", country_id=self.country.id)
        operation = self._create_operation(template_id=template.id, channel="sms", needs_proof=True)

        operation.action_request_proof()

        self.assertIn("Bonjour", operation.proof_body)

    def test_a_fax_has_one_language(self):
        self.assertFalse(self.env["crm.campaign.channel.fax"]._is_multilingual)

    def test_the_check_before_departure_reads_translations(self):
        self.french.subject = "{{ object.partner_id.city }}"
        for lang in ("fr_FR", "de_DE"):
            self._create_speaker(lang)

        found, _check = self._check(self._create_operation(template_id=self.template.id))

        self.assertEqual(found["empty_subject", ""], 1)

    def test_a_copy_has_translations_of_its_own(self):
        copied = self.template.copy()

        self.assertEqual(copied.translation_ids.language, "fr_FR")
        self.assertNotEqual(copied.translation_ids, self.french)

    def test_a_translation_has_a_language_of_its_own_and_the_same_channel(self):
        for values in (
            {"language": False},
            {"channel": "sms"},
            {"source_id": self.french.id, "language": "de_DE"},
        ):
            with self.subTest(str(values)), self.assertRaises(ValidationError):
                self._translate("de_DE", **values)

    def test_nobody_translates_the_template_of_a_colleague(self):
        with self.assertRaises(AccessError):
            self.env["crm.campaign.template"].with_user(self.other_marketer).create(
                {"name": "x", "source_id": self.template.id, "language": "de_DE"}
            )

    def test_a_locked_template_is_not_changed_through_a_translation(self):
        self.template.sudo().locked = True

        with self.assertRaisesRegex(UserError, "pre-written"):
            self.french.subject = "Changed"


@tagged("post_install", "-at_install")
class TestLanguagePage(LanguagesMixin, HttpCase):
    def test_the_page_that_shows_the_message_speaks_its_language(self):
        partner = self._create_speaker("fr_FR")
        execution = self._depart()
        recipient = self._get_recipient(execution, partner)
        url = execution.mailing_id._get_view_url(recipient.email, recipient.id)

        page = self.url_open(url).text

        self.assertIn("Bonjour", page)
        self.assertNotIn("Good day", page)
