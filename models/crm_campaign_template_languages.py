# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmCampaignTemplate(models.Model):
    """A template in other languages: each translation is a template of its own.

    The host's translated fields are not used: whoever edits a text in one language would leave an
    old text in the others without seeing it, and people of those languages would get it.
    """

    _inherit = "crm.campaign.template"

    source_id = fields.Many2one(
        "crm.campaign.template", string="Translation Of", ondelete="cascade", index="btree_not_null"
    )
    language = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Language of the Translation",
        help="People of this language get this text; all others the template that it translates.",
    )
    translation_ids = fields.One2many(
        "crm.campaign.template", "source_id", string="Translations", copy=True
    )

    _translation_uniq = models.UniqueIndex(
        "(source_id, language) WHERE source_id IS NOT NULL AND active",
        "A template has one translation a language.",
    )

    # === CONSTRAINTS === #

    @api.constrains("source_id", "language", "channel")
    def _check_translation(self):
        for template in self.filtered("source_id"):
            source = template.source_id
            if not template.language:
                raise ValidationError(self.env._("Choose the language of the translation."))
            if source.source_id or template.translation_ids:
                raise ValidationError(
                    self.env._("“%(name)s” is a translation itself.", name=source.name)
                )
            if template.channel != source.channel:
                raise ValidationError(
                    self.env._("A translation is sent by the channel of its template.")
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._complete_translation_vals(vals) for vals in vals_list]
        templates = super().create(vals_list)
        templates._assert_may_translate({"subject"})
        if templates.source_id:
            self.env["crm.campaign.operation"]._void_all_changed_proofs()
        return templates

    def write(self, vals):
        self._assert_may_translate(vals)
        done = super().write(vals)
        if {"source_id", "language", "active"} & set(vals):
            self._assert_may_translate({"subject"})
            self.env["crm.campaign.operation"]._void_all_changed_proofs()
        return done

    def unlink(self):
        self._assert_may_translate({"subject"})
        done = super().unlink()
        self.env["crm.campaign.operation"]._void_all_changed_proofs()
        return done

    @api.model
    def _complete_translation_vals(self, vals):
        """Take from a template what its translation shares with it."""
        source = self.browse(vals.get("source_id"))
        if not source:
            return vals
        shared = {"channel": source.channel, "purpose_id": source.purpose_id.id}
        shared["company_ids"] = [(6, 0, source.company_ids.ids)]
        return {**shared, **vals}

    # === BUSINESS METHODS === #

    def _assert_may_translate(self, vals):
        """Refuse that the text of a template is changed by way of its translations.

        :param vals: names of the fields that change
        :raise AccessError: the template is somebody else's
        :raise UserError: the template is locked
        """
        if self.source_id and not self.env.su:
            self.source_id.check_access("write")
            self.source_id._assert_unlocked(vals)

    def _get_translation(self, lang):
        """Return the translation into a language, or the template itself.

        :param str | None lang: code, as frozen with a recipient
        """
        self.ensure_one()
        return self.translation_ids.filtered(lambda text: text.language == lang)[:1] or self

    def _assert_content(self):
        # EXTENDS crm_campaign — in every language
        result = super()._assert_content()
        for translation in self.translation_ids:
            translation._assert_content()
        return result


class CrmCampaignOperation(models.Model):
    _inherit = "crm.campaign.operation"

    def _get_proof_digest(self):
        # EXTENDS crm_campaign — the translations are part of what is approved
        digest = super()._get_proof_digest()
        # Superuser: the digest says nothing; templates may be hidden from who looks.
        texts = self.sudo().template_id.translation_ids.sorted("language")
        parts = [
            (text.language, *(str(text[name] or "") for name in text._get_content_fields()))
            for text in texts
        ]
        return sha256(repr((digest, parts)).encode()).hexdigest() if parts else digest
