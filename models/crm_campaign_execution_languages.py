# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.language import choose_language


class CrmCampaignExecution(models.Model):
    """Each recipient in their language: who gets which is frozen, and so are the texts."""

    _inherit = "crm.campaign.execution"

    # {language: {"subject": str, "body_html": str} or {"body_text": str}}, languages of recipients
    translations = fields.Json(readonly=True, prefetch=False)
    language_summary = fields.Char(
        string="Translations as Sent", compute="_compute_language_summary"
    )

    # === COMPUTE METHODS === #

    @api.depends("translations")
    def _compute_language_summary(self):
        names = dict(self.env["res.lang"].get_installed())
        for execution in self:
            texts = execution.translations or {}
            execution.language_summary = " · ".join(
                f"{names.get(lang, lang)}: {text.get('subject') or text.get('body_text')}"
                for lang, text in sorted(texts.items())
            )

    # === BUSINESS METHODS - FREEZING === #

    def _prepare_recipient_columns(self):
        # EXTENDS crm_campaign — the language, where the template is translated
        columns = super()._prepare_recipient_columns()
        languages = self._get_template().sudo().translation_ids.mapped("language")
        if languages and self._get_channel()._is_multilingual:
            columns["lang"] = self._get_language_sql(languages)
        return columns

    def _get_language_sql(self, languages):
        """Give the translation that suits a person, as an SQL expression; NULL = none.

        A lead's own language comes before its contact's; who has none is taken to speak the
        company's. The main text counts as written in the company's language.

        :param list[str] languages: codes of the translations
        """
        spoken = [SQL("(SELECT lang FROM res_partner WHERE id = frozen.partner_id)")]
        if self.res_model == "crm.lead":
            spoken.insert(
                0,
                SQL(
                    "(SELECT code FROM res_lang WHERE id ="
                    " (SELECT lang_id FROM crm_lead WHERE id = frozen.person_id))"
                ),
            )
        main = self.company_id.partner_id.lang or None
        spoken.append(SQL("%s::varchar", main))
        Lang = self.env["res.lang"].with_context(active_test=False)
        known = Lang.search([("code", "!=", False)]).mapped("code")
        choices = {code: choose_language(code, languages, main) for code in known}
        whens = [SQL("WHEN %s THEN %s", code, lang) for code, lang in choices.items() if lang]
        return SQL("CASE COALESCE(%s) %s END", SQL(", ").join(spoken), SQL(" ").join(whens))

    def _get_person_language(self):
        """Choose the translation that suits the person of an individual message.

        :return: code; empty = the template's own text
        :rtype: str | None
        """
        self.ensure_one()
        # Superuser: languages only.
        languages = self.template_id.sudo().translation_ids.mapped("language")
        if not (self.is_individual and languages and self._get_channel()._is_multilingual):
            return None
        record = self._get_author_people().browse(self.res_id).sudo()
        own = record.lang_id.code if record._name == "crm.lead" else False
        partner = record if record._name == "res.partner" else record.partner_id
        main = self.company_id.partner_id.lang
        return choose_language(own or partner.lang or main, languages, main)

    def _freeze_translations(self, languages=None):
        """Freeze translations, once for all recipients, where the channel is multilingual.

        :param list[str] | None languages: codes; None = those that recipients get
        """
        self.ensure_one()
        channel = self._get_channel()
        if not channel._is_multilingual:
            return
        languages = self._get_languages() if languages is None else languages
        self.translations = {
            lang: channel._prepare_translation(self, self.template_id._get_translation(lang))
            for lang in languages
        }

    def _get_languages(self):
        """Return the languages of the translations that recipients get.

        :rtype: list[str]
        """
        recipients = self.env["crm.campaign.recipient"]._read_group(
            [("execution_id", "=", self.id), ("exclusion", "=", False), ("lang", "!=", False)],
            ["lang"],
        )
        return [lang for (lang,) in recipients]

    # === BUSINESS METHODS - RENDERING === #

    def _get_content(self, lang):
        """Return the content in a language, as frozen.

        :param str | None lang: language of recipients; empty = the template's own text
        :return: ``{"subject": text, "body_html": Markup, "body_text": text, "frozen_html": page}``;
            the page leaves in place of the body, False = there is none
        :rtype: dict[str, str]
        """
        self.ensure_one()
        # Superuser: the host's mailing holds the content of an execution that is being sent.
        mailing_sudo = self.mailing_id.sudo()
        content = {
            "subject": mailing_sudo.subject or self.frozen_subject,
            "body_html": mailing_sudo.body_html or self.frozen_body,
            "body_text": self.body_text,
            "frozen_html": self.frozen_html,
        }
        if lang:
            content.update((self.translations or {}).get(lang, {}))
            content["body_html"] = Markup(content["body_html"] or "")
        return content

    def _group_by_language(self, recipients):
        """Share recipients out by the content they get.

        :return: pairs of the execution, in a context of the language, and recipients
        :rtype: list[tuple]
        """
        self.ensure_one()
        return [
            (self.with_context(lang=lang) if lang else self, group)
            for lang, group in recipients.grouped("lang").items()
        ]
