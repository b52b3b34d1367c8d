# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import ABOUT_SLOTS

TASK_FIELDS = tuple(
    f"object.execution_id.task_id.{name}" for name in ("name", "email_from", "reply_to")
)


class CrmCampaignRecipient(models.Model):
    """What a message of an automatic task is about: a meeting, an invoice, the person.

    Messages of events keep what was true when it happened (``about_texts``); others look it up
    when they leave.
    """

    _inherit = "crm.campaign.recipient"

    about_texts = fields.Json(readonly=True, prefetch=False)
    # Of to-dos, in place of an address
    assignee_id = fields.Many2one("res.users", string="Colleague", readonly=True)
    about_name = fields.Char(compute="_compute_about", export_string_translation=False)
    about_date = fields.Char(compute="_compute_about", export_string_translation=False)
    about_time = fields.Char(compute="_compute_about", export_string_translation=False)
    about_place = fields.Char(compute="_compute_about", export_string_translation=False)
    about_person = fields.Char(compute="_compute_about", export_string_translation=False)
    about_amount = fields.Char(compute="_compute_about", export_string_translation=False)
    about_link = fields.Char(compute="_compute_about", export_string_translation=False)
    about_code = fields.Char(compute="_compute_about", export_string_translation=False)
    about_detail = fields.Char(compute="_compute_about", export_string_translation=False)

    # === COMPUTE METHODS === #

    @api.depends("source_id", "about_texts", "execution_id")
    @api.depends_context("lang")
    def _compute_about(self):
        for recipient in self:
            texts = recipient._get_about_texts()
            for slot, _label in ABOUT_SLOTS:
                recipient[f"about_{slot}"] = texts.get(slot) or False

    def _get_about_texts(self):
        """Put in words what the message is about.

        :return: slot -> text
        :rtype: dict[str, str]
        """
        self.ensure_one()
        # Superuser: which task it was; what it is about is read with the rights of the responsible.
        execution = self.execution_id.sudo()
        task = execution.task_id
        if not task or self.exclusion:
            return {}
        if self.about_texts:
            return self.about_texts
        source = execution._get_source(self)
        if not task.type_id:
            return {"name": source.display_name or ""} if source.has_access("read") else {}
        # In the language of the message: a translation, or the template's own text.
        lang = self.lang or task._get_main_language(self.partner_id.sudo())
        slots = execution.task_type_id.slot_ids
        return slots._get_texts(source.with_context(lang=lang), task.tz) if source else {}

    # === STATES === #

    def _mark_made(self):
        """Record that the to-dos of rows that wait were made."""
        if self:
            self._update(
                SQL("state = 'delivered', sent_at = COALESCE(sent_at, %s)", fields.Datetime.now())
            )

    # === MERGE FIELDS === #

    @api.model
    def _get_merge_field_families(self):
        # EXTENDS crm_campaign — what an automatic task is about
        return {**super()._get_merge_field_families(), "about": self.env._("Automatic Task")}

    @api.model
    def _get_merge_fields(self):
        # EXTENDS crm_campaign — what an automatic task is about
        labels = {
            "name": self.env._("Meeting, Invoice, Order…"),
            "date": self.env._("Its Date"),
            "time": self.env._("Its Time"),
            "place": self.env._("Its Place"),
            "person": self.env._("Its Person in Charge"),
            "amount": self.env._("Its Amount"),
            "link": self.env._("Its Link"),
            "code": self.env._("Its Code"),
            "detail": self.env._("Its Details"),
        }
        about = {
            f"object.about_{slot}": {"family": "about", "label": label}
            for slot, label in labels.items()
        }
        return {**super()._get_merge_fields(), **about}

    @api.model
    def mail_allowed_qweb_expressions(self):
        # EXTENDS crm_campaign — the task, which stands in for the operation
        return (*super().mail_allowed_qweb_expressions(), *TASK_FIELDS)
