# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError

# Models of which rows may have been made for a lent execution.
LENT_MODELS = ("crm.campaign.recipient", "mailing.mailing", "mailing.trace", "link.tracker")


class CrmCampaignExecution(models.Model):
    """Executions that only lend themselves to rendering: nothing of them is ever kept."""

    _inherit = "crm.campaign.execution"

    @api.model
    @contextmanager
    def _lend(self, vals):
        """Lend an execution and undo it, with whatever was written meanwhile.

        May be used while the values of a form are worked out: unlike a savepoint of the ORM, what
        it holds in memory of other records stays.

        :param dict vals: values of the execution
        :return: context manager that gives the execution, as superuser
        """
        # Superuser: executions are made by departures only; this one is undone.
        Execution = self.env["crm.campaign.execution"].sudo()
        Execution.env.flush_all()
        execution = Execution.browse()
        savepoint = Execution.env.cr.savepoint(flush=False)
        try:
            execution = Execution.create(vals)
            Execution.env.flush_all()
            yield execution
            # What were still to be written would be written after the row is gone.
            execution.flush_recordset()
        finally:
            savepoint.close(rollback=True)
            execution.invalidate_recordset(flush=False)
            for name in LENT_MODELS:
                self.env[name].invalidate_model(flush=False)
            self.env["crm.campaign.operation"].invalidate_model(["execution_ids"], flush=False)
            self.env["res.partner"].invalidate_model(["campaign_recipient_ids"], flush=False)

    @api.model
    def _prepare_individual_vals(self, record, channel, purpose, template=None):
        """Prepare the execution of a message from the user to one record.

        :param record: contact or lead that the user may read
        :param str channel: ``email``, ``sms`` or another one that has recipients of that model
        :rtype: dict
        """
        company = record.company_id & self.env.companies or self.env.company
        return {
            "is_individual": True,
            "res_model": record._name,
            "res_id": record.id,
            "channel": channel,
            "purpose_id": purpose.id,
            "template_id": template and template.id,
            "company_id": company.id,
            "user_id": self.env.uid,
            "email_from": self.env.user.email_formatted,
            "reply_to": False,
            "scheduled_at": fields.Datetime.now(),
        }

    def _insert_person(self):
        """Make the row of the record of a lent individual message, whatever holds it back.

        :return: the recipient
        """
        self.ensure_one()
        record = self._get_author_people().browse(self.res_id)
        columns = {
            "execution_id": self.id,
            "res_id": record.id,
            "state": "pending",
            **self._get_person_values(record),
        }
        return self.env["crm.campaign.recipient"].create(columns)

    def _get_person_values(self, record):
        """Give contact, company, lead and address of a record, as freezing would.

        :rtype: dict
        """
        _reasons, address = self._explain_reasons(record)
        partner = record if record._name == "res.partner" else record.partner_id
        values = {
            "partner_id": partner.id,
            "company_partner_id": partner.commercial_partner_id.id,
            self._get_channel()._address_column: address,
        }
        if record._name == "crm.lead":
            values["lead_id"] = record.id
        if lang := self._get_person_language():
            values["lang"] = lang
        return values

    def _render_content(self, template, recipient):
        """Replace the merge fields of a template, for one recipient, with the author's rights.

        In the recipient's language, where the template is translated.

        :return: ``subject``, ``body_html`` and ``body_text``, as far as the template has them
        :rtype: dict[str, str]
        :raise UserError: the template cannot be rendered for this recipient
        """
        engines = {
            "subject": "inline_template",
            "body_html": "qweb",
            "body_text": "inline_template",
        }
        ((speaker, recipient),) = self._group_by_language(recipient)
        # Superuser: the caller checked that the user may read it; it is rendered as the author.
        template_sudo = template.sudo()._get_translation(recipient.lang)
        rendered = {}
        for name, engine in engines.items():
            source = template_sudo[name]
            if not source:
                continue
            text = self._freeze_text(source) if engine == "inline_template" else source
            rendered[name] = speaker._render(text, recipient, engine)[recipient.id]
            if isinstance(rendered[name], Exception):
                raise UserError(str(rendered[name]) or type(rendered[name]).__name__)
        return rendered

    @api.model
    @contextmanager
    def _lend_content(self, vals, template, mode):
        """Lend an execution with the content that a test sends; see ``_lend``.

        :param dict vals: values of the execution
        :param template: the template
        :param str mode: ``raw`` (merge fields as they are written), ``record`` (of the record of
            an individual message) or ``first`` (of the first person who would receive)
        :return: context manager that gives the execution, the content (``subject``, ``body_html``,
            ``body_text``) and the recipient, empty in mode ``raw``
        :raise UserError: it cannot be rendered, or nobody would receive anything
        """
        with self._lend(vals) as execution:
            recipient = execution.env["crm.campaign.recipient"]
            if mode == "raw":
                content = template._get_raw_content()
            else:
                recipient = (
                    execution._freeze_sample() if mode == "first" else execution._insert_person()
                )
                if not recipient:
                    raise UserError(self.env._("Nobody would receive this now."))
                content = execution._get_channel()._render_test(execution, recipient)
            yield execution, content, recipient
