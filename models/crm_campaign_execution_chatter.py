# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from markupsafe import Markup

from odoo import fields, models
from odoo.tools import SQL

from ..const import RECIPIENT_SENT_STATES


class CrmCampaignExecution(models.Model):
    """A line in the history of everybody who was reached, for operations that ask for it."""

    _inherit = "crm.campaign.execution"

    # === BUSINESS METHODS === #

    def _finish(self):
        # EXTENDS crm_campaign — what was sent becomes known to those who open the record
        done = super()._finish()
        self._write_histories()
        return done

    def _cancel(self):
        # EXTENDS crm_campaign — also of what left before the end
        done = super()._cancel()
        for execution in self:
            execution._write_histories()
        return done

    def _write_histories(self):
        """Write the lines that are missing, in one statement, whatever the number of people.

        Each line has a message id made of its recipient's, so that an execution that ends twice
        (after a retry) writes it once.
        """
        self.ensure_one()
        threaded = issubclass(self.env.registry[self.res_model], self.env.registry["mail.thread"])
        # Callers write a line of their own when a call ends.
        is_called = self._get_channel()._waiting_state != "pending"
        if is_called or not (self.operation_id.writes_history and threaded):
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO mail_message
                            (model, res_id, message_type, subtype_id, is_internal, message_id,
                             author_id, email_from, date, body,
                             create_uid, create_date, write_uid, write_date)
                SELECT %(model)s, line.res_id, 'notification', %(subtype)s, TRUE, line.message_id,
                       %(author)s, %(email)s, line.sent_at, %(body)s,
                       %(user)s, %(now)s, %(user)s, %(now)s
                  FROM (%(lines)s) AS line
                 WHERE NOT EXISTS (SELECT 1 FROM mail_message m
                                    WHERE m.message_id = line.message_id)
                """,
                model=self.res_model,
                subtype=self.env.ref("mail.mt_note").id,
                author=self.user_id.partner_id.id,
                email=self.user_id.email_formatted or None,
                body=self._prepare_history_line(),
                user=self.env.uid,
                now=fields.Datetime.now(),
                lines=self._get_history_sql(),
            )
        )
        self.env["mail.message"].invalidate_model()
        self.env[self.res_model].invalidate_model(["message_ids"])

    def _get_history_sql(self):
        """Give whom a line is due: ``res_id``, ``message_id`` and ``sent_at`` (UTC).

        :rtype: SQL
        """
        return SQL(
            """
            SELECT r.res_id, COALESCE(r.sent_at, %(now)s) AS sent_at,
                   '<crm_campaign.recipient-' || r.id || '@' || %(name)s || '>' AS message_id
              FROM crm_campaign_recipient r
             WHERE r.execution_id = %(execution)s AND r.state IN %(states)s
          ORDER BY r.id
            """,
            now=fields.Datetime.now(),
            name=self.env.cr.dbname,
            execution=self.id,
            states=RECIPIENT_SENT_STATES,
        )

    def _prepare_history_line(self):
        """Say in the language of the author what was sent. Extended by integrators.

        :rtype: Markup
        """
        channels = dict(self._fields["channel"]._description_selection(self.env))
        return Markup("<p>%s</p>") % self.env._(
            "%(channel)s “%(operation)s” of campaign “%(campaign)s”",
            channel=channels[self.channel],
            operation=self.operation_id.name,
            campaign=self.campaign_id.title,
        )
