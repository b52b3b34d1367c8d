# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import logging
from functools import partial

from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from ..fragment import drop_directives, read_fragment, write_fragment

_logger = logging.getLogger(__name__)

# What the company may put around a body.
COMPANY_PARTS = ("has_banner", "has_footer", "has_social_links")
# The jobs take over a message that could not leave at once.
TAKE_OVER = relativedelta(minutes=1)


class CrmCampaignExecution(models.Model):
    """Messages to one person, written from the form of a contact or a lead.

    An execution without operation nor campaign, of one recipient: frozen, claimed, handed over and
    tracked as any other, so that nobody gets it twice and the way out works. It counts in the
    figures of no campaign. Its content is the text that its author saw, merge fields replaced.
    """

    _inherit = "crm.campaign.execution"

    is_individual = fields.Boolean(string="Individual Message", readonly=True)
    res_id = fields.Many2oneReference(string="Record", model_field="res_model", readonly=True)
    email_from = fields.Char(string="From", readonly=True)
    reply_to = fields.Char(readonly=True)

    _has_operation = models.Constraint(
        "CHECK (operation_id IS NOT NULL OR is_individual)",
        "Only a message to one person has no operation.",
    )

    # === COMPUTE METHODS === #

    @api.depends("is_individual")
    def _compute_display_name(self):
        # EXTENDS crm_campaign — what has no operation is named after the person
        result = super()._compute_display_name()
        for execution in self.filtered("is_individual"):
            execution.display_name = self.env._(
                "Individual message · %(name)s", name=execution._get_person_name()
            )
        return result

    # === ACTION METHODS === #

    def action_open_record(self):
        """Open the contact or the lead that the message was written to."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id).get_formview_action()

    # === BUSINESS METHODS - WHO AND WHAT === #

    def _get_sender(self):
        """Return what says who sends: a record with ``email_from``, ``reply_to``, ``company_id``.

        :return: the operation, or the execution itself
        """
        self.ensure_one()
        return self.operation_id or self

    def _get_template(self):
        """Return what holds the content to freeze, as a template does.

        :return: the template, or an unsaved one with the text as its author left it
        """
        self.ensure_one()
        if not self.is_individual:
            return self.template_id
        return self.env["crm.campaign.template"].new(
            {
                "name": self.display_name,
                "channel": self.channel,
                "purpose_id": self.purpose_id,
                "subject": self._make_inert(self.frozen_subject),
                "body_html": self._make_body_inert(self.frozen_body),
                "body_text": self._make_inert(self.body_text),
                **self._get_company_parts(),
            }
        )

    def _get_company_parts(self):
        """Say what the company adds around an individual message: what the template asks for.

        :rtype: dict[str, bool]
        """
        # Superuser: the message was written from this template; nothing of its text is shown.
        template_sudo = self.template_id.sudo()
        if template_sudo:
            template_sudo = template_sudo._get_translation(self._get_person_language())
        return {name: template_sudo[name] for name in COMPANY_PARTS}

    @api.model
    def _make_inert(self, text):
        """Return a text in which nothing is evaluated any more."""
        return (text or "").replace("{{", "{ {")

    @api.model
    def _make_body_inert(self, body):
        """Return a page in which nothing is evaluated any more.

        Its author may be anybody who sells: expressions of templates were checked when the
        template was written, theirs were not.

        :rtype: Markup
        """
        root = read_fragment(body)
        for node in list(root.iter(etree.Element)):
            drop_directives(node)
        return write_fragment(root)

    def _get_person_name(self):
        """Name the person of an individual message.

        :rtype: str
        """
        # Superuser: who may read the execution may know whom it was for.
        recipient = self.env["crm.campaign.recipient"].sudo()
        recipient = recipient.search([("execution_id", "in", self.ids)], limit=1)
        return recipient.display_name or ""

    # === BUSINESS METHODS - ELIGIBILITY === #

    def _get_author_people(self):
        """Return the empty recordset of the record's model with the rights of the author."""
        People = self.env[self.res_model].with_user(self.user_id)
        return People.with_context(
            **People.env["res.users"].context_get(),
            active_test=False,
            allowed_company_ids=self.company_id.ids,
        )

    def _get_visible_sql(self, person, ids):
        # EXTENDS crm_campaign — without a target
        if not self.is_individual:
            return super()._get_visible_sql(person, ids)
        seen = self._get_author_people()._search([("id", "in", ids)])
        return SQL("%s IN %s", person, seen.subselect())

    def _get_excluded_sql(self, query):
        # EXTENDS crm_campaign — without a target
        return None if self.is_individual else super()._get_excluded_sql(query)

    def _get_selected_sql(self):
        # EXTENDS crm_campaign — without a target
        if not self.is_individual:
            return super()._get_selected_sql()
        query = self._get_author_people()._search([("id", "=", self.res_id)])
        return self._select_people(query, SQL("TRUE"))

    # === BUSINESS METHODS - DEPARTURE === #

    def _describe_target(self):
        # EXTENDS crm_campaign — without a target
        return False if self.is_individual else super()._describe_target()

    @api.model
    def _trigger_sender(self, at=None):
        # EXTENDS crm_campaign — leave the message to the process of its author for a while
        if at is None and self.env.context.get("crm_campaign_at_once"):
            at = fields.Datetime.now() + TAKE_OVER
        return super()._trigger_sender(at)

    def _depart_at_once(self):
        """Freeze now, and send as soon as the transaction is committed.

        Individual messages do not wait behind mailings. Should this process die, the jobs send.
        """
        self.ensure_one()
        self.with_context(crm_campaign_at_once=True)._depart()
        self._send_after_commit()

    def _retry_at_once(self):
        """Send again what could not be sent, as soon as the transaction is committed."""
        self.ensure_one()
        self.with_context(crm_campaign_at_once=True)._retry()
        self._send_after_commit()

    def _send_after_commit(self):
        send = partial(self._send_apart, self.env.registry, self.id)
        self.env.cr.postcommit.add(send)

    @staticmethod
    def _send_apart(registry, execution_id):
        """Send in a transaction of its own, as the jobs do; what breaks is left to them."""
        try:
            with registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                env["crm.campaign.execution"].browse(execution_id)._send_alone()
        except Exception:  # noqa: BLE001 - the user's transaction is committed: nothing to undo
            _logger.warning("Execution %s could not leave at once", execution_id, exc_info=True)

    def _send_alone(self):
        """Send what waits in this execution, and settle it."""
        execution = self._with_author_context()
        execution._send_batch()
        execution.invalidate_recordset()
        if execution.state == "running":
            execution._settle()

    def _stop_with_error(self, message):
        # EXTENDS crm_campaign — nobody follows the state of such an execution: say it on the record
        done = super()._stop_with_error(message)
        for execution in self.filtered("is_individual"):
            record = self.env[execution.res_model].browse(execution.res_id).exists()
            if record:
                record._message_log(
                    body=self.env._("The message could not be sent: %s", message),
                    author_id=execution.user_id.partner_id.id,
                )
        return done
