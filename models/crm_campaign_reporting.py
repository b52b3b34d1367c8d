# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import logging
from datetime import timedelta

import psycopg2
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import REPORT_FREQUENCIES

_logger = logging.getLogger(__name__)

# Campaigns in one document: more would keep a worker busy for too long.
MOST_CAMPAIGNS = 100
# Frequency -> time from a report to the next one.
INTERVALS = {"weekly": relativedelta(weeks=1), "monthly": relativedelta(months=1)}


class CrmCampaign(models.Model):
    """The report of a campaign: printed, or sent to its manager by itself.

    A job takes the campaigns that are due one by one. The message and the date of the next report
    are one transaction, and the row is locked meanwhile: several jobs at once, or one that dies,
    never send a report twice. The host's queue of emails hands it over.
    """

    _inherit = "crm.campaign"

    report_frequency = fields.Selection(
        REPORT_FREQUENCIES,
        string="Report by Email",
        required=True,
        default="none",
        help="The report is sent to the manager as a PDF, and once more when the campaign is "
        "closed.",
    )
    report_next_date = fields.Date(
        string="Next Report",
        compute="_compute_report_next_date",
        store=True,
        readonly=False,
        copy=False,
        index="btree_not_null",
        help="Day of the next report, in the time zone of the manager.",
    )

    # === COMPUTE METHODS === #

    @api.depends("report_frequency")
    def _compute_report_next_date(self):
        """Begin on the next Monday, or on the first of the next month."""
        today = fields.Date.context_today(self)
        first = {
            "weekly": today + relativedelta(days=1, weekday=0),
            "monthly": today + relativedelta(months=1, day=1),
        }
        for campaign in self:
            is_open = campaign.state == "open"
            campaign.report_next_date = is_open and first.get(campaign.report_frequency)

    # === ACTION METHODS === #

    def action_print_report(self):
        """Download the report of one campaign or several, in one document.

        :raise UserError: too many are chosen
        """
        self._assert_printable()
        ids = ",".join(str(campaign.id) for campaign in self)
        return {
            "type": "ir.actions.act_url",
            "url": f"/crm_campaign/campaigns/report.pdf?campaign_ids={ids}",
            "target": "download",
        }

    def action_close(self):
        # EXTENDS crm_campaign — the last report of those that have one
        done = super().action_close()
        # Superuser: closing has checked the right on the campaigns.
        reported = self.sudo().filtered(lambda campaign: campaign.report_frequency != "none")
        for campaign in reported:
            campaign.report_next_date = campaign._get_manager_today(fields.Datetime.now())
        if reported:
            self.env.ref("crm_campaign.ir_cron_send_reports").sudo()._trigger()
        return done

    def action_reopen(self):
        # EXTENDS crm_campaign — reports go on
        done = super().action_reopen()
        self.sudo()._compute_report_next_date()
        return done

    # === BUSINESS METHODS === #

    def _assert_printable(self):
        """Refuse more campaigns than one document holds.

        :raise UserError: says how many it may be
        """
        if len(self) > MOST_CAMPAIGNS:
            raise UserError(self.env._("At most %s campaigns fit in one report.", MOST_CAMPAIGNS))

    def _get_report_name(self):
        """Name the file of the report of self.

        :rtype: str
        """
        name = self.code if len(self) == 1 else self.env._("campaigns")
        return f"{name}.pdf"

    # === BUSINESS METHODS - REPORTS BY EMAIL === #

    @api.model
    def _cron_send_reports(self):
        """Send the reports that are due."""
        self._send_due_reports(fields.Datetime.now())

    @api.model
    def _send_due_reports(self, now):
        """Send what is due at a moment; a campaign that breaks never holds up the others.

        :param datetime now: naive UTC; the clock of the job
        """
        Cron = self.env["ir.cron"]
        # Somewhere on Earth it is tomorrow already.
        latest = now.date() + timedelta(days=1)
        campaigns = self.search([("report_next_date", "<=", latest)], order="report_next_date, id")
        Cron._commit_progress(remaining=len(campaigns))
        for campaign in campaigns:
            campaign._send_locked_report(now)
            if not Cron._commit_progress(1):
                break

    def _send_locked_report(self, now):
        """Send one report, unless another job does or just did.

        :param datetime now: naive UTC
        """
        try:
            campaign = self.try_lock_for_update(allow_referencing=True).exists()
        except psycopg2.errors.SerializationFailure:
            self.env.cr.rollback()
            return
        if not campaign or not campaign._is_report_due(now):
            return
        campaign._plan_next_report(now)
        try:
            with self.env.cr.savepoint():
                campaign._send_report()
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            raise  # a conflict or a lost connection: the next run does it
        except Exception as error:  # noqa: BLE001 - whatever breaks belongs to this campaign
            _logger.warning("The report of campaign %s cannot be made", campaign.id, exc_info=True)
            lines = str(error).splitlines() or [type(error).__name__]
            campaign._note_report(self.env._("The report by email could not be made: %s", lines[0]))

    def _get_manager_today(self, now):
        """Return the manager's day at a moment (naive UTC)."""
        zone = self.user_id.tz or self.company_id.partner_id.tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=zone), now)

    def _is_report_due(self, now):
        due = self.report_frequency != "none" and self.report_next_date
        return bool(due) and self.active and due <= self._get_manager_today(now)

    def _plan_next_report(self, now):
        """Move on to the first date after today; what was missed is not caught up."""
        if self.state == "closed" or self.report_frequency not in INTERVALS:
            self.report_next_date = False
            return
        today, first = self._get_manager_today(now), self.report_next_date
        step, count = INTERVALS[self.report_frequency], 1
        while first + step * count <= today:
            count += 1
        self.report_next_date = first + step * count

    def _send_report(self):
        """Have the report of the campaign leave to its manager, with the rights of the latter."""
        manager = self.user_id
        if not manager.active or not manager.email:
            self._note_report(
                self.env._(
                    "The report was not sent: %(manager)s has no email address, or has left.",
                    manager=manager.name,
                )
            )
            return
        # As the manager: what one may not read is in no report, whoever asked for it.
        campaign = self.with_user(manager).with_context(
            **self.env["res.users"].with_user(manager).context_get(),
            allowed_company_ids=self.company_id.ids,
        )
        # Superuser: messages of the host that answer to no record are written by it alone.
        self.env["mail.mail"].sudo().create(campaign._prepare_report_mail_vals())
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _prepare_report_mail_vals(self):
        """Prepare the message that carries the report. Extended by integrators.

        :return: values of ``mail.mail``
        :rtype: dict
        """
        self.check_access("read")
        # Superuser: the address of the company.
        company = self.company_id.sudo()
        sender = company.email_formatted or company.catchall_formatted
        content = self.env["crm.campaign.results.document"]._render(self)
        return {
            "subject": self.env._("Report: %s", self.title),
            "email_from": sender,
            "email_to": self.user_id.email_formatted,
            "reply_to": sender,
            "body_html": self._render_report_body(),
            "auto_delete": True,
            "attachment_ids": [
                fields.Command.create(
                    {
                        "name": self._get_report_name(),
                        "raw": content,
                        "mimetype": "application/pdf",
                        "res_model": "mail.message",
                    }
                )
            ],
        }

    def _render_report_body(self):
        """Write the key figures, in the host's layout of notifications.

        :rtype: Markup
        """
        results = self.get_results()
        document = self.env["crm.campaign.results.document"]
        body = self.env["ir.qweb"]._render(
            "crm_campaign.report_email",
            {
                "intro": self._get_report_intro(),
                "figures": document._prepare_figures(results, left_out=()).body.figures,
                "url": f"{self.get_base_url()}/mail/view?model=crm.campaign&res_id={self.id}",
            },
        )
        return self.env["mail.render.mixin"]._render_encapsulate(
            "mail.mail_notification_light",
            body,
            add_context={"company": self.company_id.sudo()},
            context_record=self,
        )

    def _get_report_intro(self):
        if self.state == "closed":
            return self.env._(
                "Campaign “%(name)s” is closed: here is its last report.", name=self.title
            )
        return self.env._("Here is how campaign “%(name)s” stands.", name=self.title)

    def _note_report(self, text):
        """Leave a note of a report that did not leave."""
        self.message_post(body=text, subtype_xmlid="mail.mt_note")
