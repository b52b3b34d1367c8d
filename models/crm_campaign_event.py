# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.http import request
from odoo.tools import SQL

from ..tools.scanner import SETTLE_S, Event, judge

# Messages judged at a time.
BATCH = 2000
# A message that is asked for without end is judged nevertheless.
LONGEST_S = 300
NOW = SQL("clock_timestamp() AT TIME ZONE 'UTC'")


class CrmCampaignEvent(models.Model):
    """An opening or a click that nobody has judged yet: was it a person?

    A burst is known only afterwards, so what visitors' requests tell waits here until nothing more
    has come about a message for some seconds. The job that counts then judges it
    (``tools/scanner.py``), notes the result on the recipient, and deletes it: the table stays
    small, and neither addresses nor programs of visitors are kept, here or anywhere. As with
    ``crm.campaign.recount``, rows are only inserted by visitors: they wait for nobody.
    """

    _name = "crm.campaign.event"
    _description = "Campaign Event to Judge"
    _log_access = False

    # No foreign key: recipients are never deleted, and visitors lock nothing.
    recipient_id = fields.Integer(required=True, index=True)
    kind = fields.Selection([("open", "Opening"), ("click", "Click")], required=True)
    moment = fields.Datetime(required=True)
    link_id = fields.Integer()
    reason = fields.Char()
    scanner_id = fields.Integer()

    # === BUSINESS METHODS - NOTING === #

    @api.model
    def _note(self, recipients, kind, link_id=0, user_agent="", address="", method="GET"):
        """Note that messages were opened or clicked, until it is judged by whom.

        :param str kind: ``open`` or ``click``
        :param int link_id: link that was followed
        :param str user_agent: how the visitor's program calls itself; not kept
        :param str address: where the visitor calls from; not kept
        :param str method: HTTP method; nobody reads with HEAD
        """
        if not recipients:
            return
        scanner_id = self.env["crm.campaign.scanner"]._find(user_agent, address)
        reason = "head" if method == "HEAD" else "scanner" if scanner_id else None
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_campaign_event
                            (recipient_id, kind, moment, link_id, reason, scanner_id)
                     SELECT unnest(%s), %s, %s, %s, %s, %s
                """,
                list(recipients.ids),
                kind,
                NOW,
                link_id,
                reason,
                scanner_id or None,
            )
        )

    @api.model
    def _note_request(self, recipients, kind, link_id=0):
        """Note what the current HTTP request does with messages; see ``_note``."""
        visitor = {}
        if request:
            visitor = {
                "user_agent": request.httprequest.user_agent.string,
                "address": request.httprequest.remote_addr,
                "method": request.httprequest.method,
            }
        self._note(recipients, kind, link_id, **visitor)

    # === BUSINESS METHODS - JUDGING === #

    @api.model
    def _judge_settled(self, limit=BATCH):
        """Judge what is known of messages about which nothing more comes.

        :param int limit: most messages at a time
        :return: number of messages judged
        :rtype: int
        """
        events, messages = self._take(limit)
        verdicts = [
            self._prepare_verdict(recipient_id, events[recipient_id], *message)
            for recipient_id, message in messages.items()
        ]
        self.env["crm.campaign.recipient"]._apply_verdicts(verdicts)
        return len(messages)

    @api.model
    def _take(self, limit):
        """Take the events of settled messages out of the table.

        :return: recipient id -> list of (event, scanner id); recipient id -> (moment when it was
            sent, number of links in the message)
        :rtype: tuple[dict, dict]
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH settled AS (
                    SELECT recipient_id FROM crm_campaign_event
                  GROUP BY recipient_id
                    HAVING max(moment) < %(now)s - %(silence)s
                        OR min(moment) < %(now)s - %(longest)s
                     LIMIT %(limit)s)
                DELETE FROM crm_campaign_event e USING settled s
                 WHERE e.recipient_id = s.recipient_id
             RETURNING e.recipient_id, e.kind, e.moment, e.link_id, e.reason, e.scanner_id
                """,
                now=NOW,
                silence=timedelta(seconds=SETTLE_S),
                longest=timedelta(seconds=LONGEST_S),
                limit=limit,
            )
        )
        events = defaultdict(list)
        for recipient_id, kind, moment, link_id, reason, scanner_id in rows:
            event = Event(kind, moment, link_id or 0, reason or "")
            events[recipient_id].append((event, scanner_id))
        return events, self._get_messages(list(events))

    @api.model
    def _get_messages(self, recipient_ids):
        """Return when messages were sent and how many links they have.

        :rtype: dict[int, tuple[datetime | None, int]]
        """
        if not recipient_ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                WITH message AS (
                    SELECT r.id, r.sent_at, x.mailing_id
                      FROM crm_campaign_recipient r
                      JOIN crm_campaign_execution x ON x.id = r.execution_id
                     WHERE r.id IN %(ids)s)
                SELECT m.id, m.sent_at, COALESCE(links.count, 0)
                  FROM message m
             LEFT JOIN (SELECT mass_mailing_id, count(*) FROM link_tracker
                         WHERE mass_mailing_id IN (SELECT mailing_id FROM message)
                      GROUP BY mass_mailing_id) links ON links.mass_mailing_id = m.mailing_id
                """,
                ids=tuple(recipient_ids),
            )
        )
        return {recipient_id: (sent_at, count) for recipient_id, sent_at, count in rows}

    @api.model
    def _prepare_verdict(self, recipient_id, events, sent_at, link_count):
        """Sum up what people and machines did with one message.

        :param list events: pairs (event, scanner id)
        :return: ``id``; ``opened_at``, ``clicked_at``: first moment of a person, or None;
            ``machine_opened_at``, ``machine_clicked_at``: of a machine; ``machine_reason`` and
            ``machine_scanner_id``: of the first event of a machine
        :rtype: dict
        """
        events = sorted(events, key=lambda pair: pair[0].moment)
        reasons = judge([event for event, _scanner in events], sent_at, link_count)
        names = ("opened_at", "clicked_at", "machine_opened_at", "machine_clicked_at")
        verdict = dict.fromkeys((*names, "machine_reason", "machine_scanner_id"))
        for (event, scanner_id), reason in zip(events, reasons, strict=True):
            name = "opened_at" if event.kind == "open" else "clicked_at"
            name = f"machine_{name}" if reason else name
            verdict[name] = verdict[name] or event.moment
            if reason and not verdict["machine_reason"]:
                verdict |= {"machine_reason": reason, "machine_scanner_id": scanner_id}
        # Whoever clicks has the message open, images or not.
        verdict["opened_at"] = verdict["opened_at"] or verdict["clicked_at"]
        return {"id": recipient_id, **verdict}
