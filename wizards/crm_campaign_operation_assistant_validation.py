# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CrmCampaignOperationAssistant(models.TransientModel):
    """The end of the assistant: content, departure, and what is made at last."""

    _inherit = "crm.campaign.operation.assistant"

    # === ACTION METHODS === #

    def action_save_template(self):
        """Keep the text as a template of its own, whatever becomes of the mailing."""
        self.ensure_one()
        self._require("name")
        self._check_text()
        self.template_id = self._make_template()
        self.has_own_text = False

    def action_validate(self):
        """Make the operation with its target and text, and let it leave as was chosen.

        :return: action that opens the operation, or the execution that left
        :rtype: dict
        :raise UserError: what a step still lacks; nothing is made then
        """
        self.ensure_one()
        for step in self._get_steps():
            self._check_step(step)
        operation = self._make_operation()
        action = self._depart(operation) or operation.get_formview_action()
        self.unlink()
        # No way back into an assistant that is done.
        return {**action, "target": "main"}

    # === BUSINESS METHODS - STEPS === #

    def _check_step_delivery(self):
        self._require("purpose_id")
        if self.has_own_text:
            self._check_text()
        else:
            self._require("template_id")
        if self.channel == "email":
            self._require("email_from")

    def _check_text(self):
        """Check the mailing's own text as a template is checked when it is saved.

        :raise UserError: empty, or a merge field that cannot be used
        """
        template = self.env["crm.campaign.template"].new(self._prepare_template_vals())
        if self.template_channel == "post":
            self.env["crm.campaign.channel.post"]._check_letter(template)
        else:
            template._assert_content()
        template._check_syntax()
        template._check_access_right_dynamic_template()

    def _check_step_departure(self):
        if self.departure != "date":
            return
        self._require("date_start")
        if self.date_start <= fields.Datetime.now():
            raise UserError(self.env._("The date of departure is in the past."))

    # === BUSINESS METHODS - VALIDATION === #

    def _make_operation(self):
        """Make the operation.

        :rtype: crm.campaign.operation
        """
        return self.env["crm.campaign.operation"].create(self._prepare_operation_vals())

    def _prepare_operation_vals(self):
        """Prepare the operation, with its target and text. Extended by integrators.

        :rtype: dict
        """
        return {
            "operation_type": self.operation_type,
            "campaign_id": self.campaign_id.id,
            "name": self.name,
            "user_id": self.user_id.id,
            "currency_id": self.currency_id.id,
            "budget": self.budget,
            "description": self.description,
            "channel": self.channel,
            "target_id": self._make_target().id,
            "template_id": self._make_template().id,
            "purpose_id": self.purpose_id.id,
            "email_from": self.email_from,
            "reply_to": self.reply_to,
            "generic_title": self.generic_title,
            "address_rule": self.address_rule if self.record_kind == "contact" else "own",
            "writes_history": self.writes_history,
            "needs_proof": self.needs_proof,
            "date_start": self.date_start if self.departure == "date" else False,
        }

    def _make_target(self):
        """Return the target of the list: one that exists when it is just that one, else a new one.

        What was added and removed one by one is noted in the target by name, so that it sticks.
        """
        if existing := self._get_existing_target():
            return existing
        domain = self._get_domain(by_hand=False)
        target = self.env["crm.campaign.target"].create(self._prepare_target_vals(domain))
        self._note_named(target)
        return target

    def _note_named(self, target):
        """Note in the target who was named one by one, as far as the list agrees in the end."""
        decisions = {}
        for line in self.line_ids:
            if line.operator == "empty":
                decisions = {}
            decisions |= dict.fromkeys(line.res_ids or (), line.operator)
        people = self.env[target.res_model].with_context(active_test=False)
        named = people.browse(decisions)
        inside = people.search(Domain("id", "in", named.ids) & self._get_domain())
        added = inside.filtered(lambda record: decisions[record.id] == "addition")
        removed = (named - inside).filtered(lambda record: decisions[record.id] == "exclusion")
        target._add_records(added)
        target._exclude_records(removed)

    def _get_existing_target(self):
        """Return the target that the list is, unchanged; none when there is no such one."""
        chosen = {
            "target": self.target_id,
            "companies": self.company_source == "target" and self.company_target_id,
            "contacts": self.contact_source == "target" and self.contact_target_id,
        }.get(self.combination)
        none = self.env["crm.campaign.target"]
        if self.line_ids or not chosen or chosen.record_kind != self.record_kind:
            return none
        return chosen

    def _make_template(self):
        """Return the template; a new one for a text that was written for this mailing."""
        if not self.has_own_text:
            return self.template_id
        values = self._prepare_template_vals()
        if not self.template_id:
            return self.env["crm.campaign.template"].create(values)
        # What surrounds the text comes along; other texts do not.
        others = ("translation_ids", "imported_html", "letter_file", "letter_file_name")
        return self.template_id.copy({**values, **dict.fromkeys(others, False)})

    def _prepare_template_vals(self):
        """Prepare the template of the mailing's own text. Extended by integrators.

        :rtype: dict
        """
        texts = {name: self[name] for name in self._get_text_fields()}
        return {
            **texts,
            "name": self.name,
            "channel": self.template_channel,
            "purpose_id": self.purpose_id.id,
            "company_ids": self.company_id.ids,
        }

    def _depart(self, operation):
        """Let the operation leave as was chosen, or ask for the proof that it needs first.

        :return: action to show, or None
        :rtype: dict | None
        """
        if self.departure == "later":
            if not operation.needs_proof:
                operation.action_ready()
            return None
        if operation.needs_proof:
            operation.action_request_proof()
            return None
        return operation.action_dispatch()
