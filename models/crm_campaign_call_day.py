# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import datetime, time, timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, html2plaintext

from ..const import CALL_OPEN_STATES

# What the calendar shows: yesterday, today and the two weeks that follow.
DAYS_BEFORE = 1
DAYS_AFTER = 14
# Callers whose days are brought up to date between two commits.
BATCH_SIZE = 50
# Operations that a title names before it stops.
NAMED = 3
# The host's calendar shows a whole day from here to there, in nobody's time zone.
DAY_START, DAY_END = time(8), time(18)
# No email, no reminder, no line in anybody's history, nobody subscribed.
QUIET = {
    "dont_notify": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_mail_to_attendees": True,
    "skip_attendee_notification": True,
    "skip_contact_description": True,
    "tracking_disable": True,
}


class CrmCampaignCallDay(models.AbstractModel):
    """The calls of a caller on a day, as one all-day event in the host's calendar: a *block*.

    Blocks follow from the calls. A job compares what should be with what is, some callers at a
    time, and writes the difference only; the number of queries does not depend on the calls.

    * A block is there while its day has calls to make, from yesterday to two weeks ahead. Its
      title counts the calls planned for the day, made or not.
    * Moved by hand, it goes back: the work plan is where calls are moved. Deleted by hand, it
      stays away until its title would be another one (see ``calendar.event``).
    """

    _name = "crm.campaign.call.day"
    _description = "Calls of a Day"

    # === JOB === #

    @api.model
    def _wake(self):
        """Have the blocks brought up to date soon."""
        # Superuser: to wake a job, nothing else.
        if cron := self.env.ref("crm_campaign.ir_cron_call_days", raise_if_not_found=False):
            cron.sudo()._trigger()

    @api.model
    def _cron_refresh(self):
        """Bring all blocks up to date, some callers at a time."""
        Cron = self.env["ir.cron"]
        first = fields.Date.today() - timedelta(days=DAYS_BEFORE)
        last = fields.Date.today() + timedelta(days=DAYS_AFTER)
        user_ids = self._find_users(first, last)
        Cron._commit_progress(remaining=len(user_ids))
        for start in range(0, len(user_ids), BATCH_SIZE):
            batch = user_ids[start : start + BATCH_SIZE]
            self._refresh(batch, first, last)
            if not Cron._commit_progress(len(batch)):
                break

    @api.model
    def _find_users(self, first, last):
        """Find who has calls on these days, or blocks.

        :rtype: list[int]
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT user_id FROM crm_campaign_call
                 WHERE user_id IS NOT NULL AND date_planned BETWEEN %s AND %s AND state IN %s
                 UNION
                SELECT campaign_call_user_id FROM calendar_event
                 WHERE campaign_call_user_id IS NOT NULL
              ORDER BY 1
                """,
                first,
                last,
                CALL_OPEN_STATES,
            )
        )
        return [user_id for (user_id,) in rows]

    # === COMPARING === #

    @api.model
    def _refresh(self, user_ids, first, last):
        """Make, change and delete the blocks of some callers.

        :param list[int] user_ids: callers
        :param date first: first day
        :param date last: last day, included
        """
        wanted = self._prepare_blocks(user_ids, first, last)
        # Superuser: a block tells callers of calls that are their own anyway: how many, of which
        # operations.
        Event = self.env["calendar.event"].sudo().with_context(active_test=False, **QUIET)
        blocks = Event.search([("campaign_call_user_id", "in", user_ids)])
        stale = Event
        for block in blocks:
            vals = wanted.pop((block.campaign_call_user_id.id, block.campaign_call_day), None)
            if vals is None:
                stale += block
            else:
                self._rewrite(block, vals)
        stale.with_context(campaign_call_drop_blocks=True).unlink()
        Event.create(list(wanted.values()))

    def _rewrite(self, block, vals):
        """Write what differs; a block deleted by hand stays away while its title is right."""
        if not block.active and block.name == vals["name"]:
            return
        changes = {
            name: vals[name]
            for name in ("active", "name", "start", "stop")
            if block[name] != vals[name]
        }
        if html2plaintext(block.description or "") != html2plaintext(vals["description"]):
            changes["description"] = vals["description"]
        if changes:
            # As the caller, so that the host does not take it for an invitation to be answered.
            block.with_user(block.campaign_call_user_id).sudo().write(changes)

    # === WHAT SHOULD BE === #

    @api.model
    def _prepare_blocks(self, user_ids, first, last):
        """Prepare the blocks that callers should have.

        :return: (user id, day) → values of a ``calendar.event``
        :rtype: dict[tuple[int, date], dict]
        """
        days = {}
        for user_id, day, *row in self._read_days(user_ids, first, last):
            days.setdefault((user_id, day), []).append(row)
        users = self.env["res.users"].sudo().browse(user_id for user_id, _day in days)
        by_id = {user.id: user for user in users if user.active}
        model_id = self.env["ir.model"]._get_id("crm.campaign.call")
        return {
            (user_id, day): {
                **self._prepare_words(by_id[user_id], rows),
                **self._prepare_frame(by_id[user_id], day),
                "res_model_id": model_id,
                "res_id": min(call_id for *_row, call_id in rows),
            }
            for (user_id, day), rows in days.items()
            if user_id in by_id and any(left for _name, left, _done, _call_id in rows)
        }

    @api.model
    def _read_days(self, user_ids, first, last):
        """Count the calls of callers by day and operation, in one statement.

        :return: ``(user_id, day, name of the operation, left, done, id of a call)`` each, the
            operations with the most calls first
        :rtype: list[tuple]
        """
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """
                SELECT c.user_id, c.date_planned, o.name,
                       count(*) FILTER (WHERE c.state IN %(open)s),
                       count(*) FILTER (WHERE c.state = 'done'), min(c.id)
                  FROM crm_campaign_call c
                  JOIN crm_campaign_operation o ON o.id = c.operation_id
                 WHERE c.user_id = ANY(%(users)s) AND c.state != 'cancelled'
                   AND c.date_planned BETWEEN %(first)s AND %(last)s
              GROUP BY c.user_id, c.date_planned, o.id
              ORDER BY count(*) DESC, o.name, o.id
                """,
                open=CALL_OPEN_STATES,
                users=list(user_ids),
                first=first,
                last=last,
            )
        )

    @api.model
    def _prepare_words(self, user, rows):
        """Prepare title and description of a block, in the language of the caller.

        :param list rows: ``[name of the operation, left, done, id of a call]`` each
        :rtype: dict
        """
        env = self.with_context(lang=user.lang).env
        left, done = sum(row[1] for row in rows), sum(row[2] for row in rows)
        names = ", ".join(row[0] for row in rows[:NAMED])
        if len(rows) > NAMED:
            names += "…"
        if left + done == 1:
            title = env._("1 call: %(operations)s", operations=names)
        else:
            title = env._("%(count)s calls: %(operations)s", count=left + done, operations=names)
        words = env._("Done: %(done)s. Left: %(left)s.", done=done, left=left)
        return {"name": title, "description": Markup("<p>%s</p>") % words}

    @api.model
    def _prepare_frame(self, user, day):
        """Prepare what never changes of a block.

        The host takes whole days as they are, in no time zone: so is the day that is planned.

        :rtype: dict
        """
        partner = user.partner_id
        return {
            "active": True,
            "allday": True,
            "attendee_ids": [
                fields.Command.create({"partner_id": partner.id, "state": "accepted"})
            ],
            "campaign_call_day": day,
            "campaign_call_user_id": user.id,
            "partner_ids": [fields.Command.set(partner.ids)],
            "show_as": "free",
            "start": datetime.combine(day, DAY_START),
            "stop": datetime.combine(day, DAY_END),
            "user_id": user.id,
        }


class CrmCampaignOperation(models.Model):
    """What makes many calls at once shows in the callers' calendars soon."""

    _inherit = "crm.campaign.operation"

    def _create_calls(self, execution):
        # EXTENDS crm_campaign — callers' calendars follow
        self.env["crm.campaign.call.day"]._wake()
        return super()._create_calls(execution)


class CrmCampaignChannelPhone(models.AbstractModel):
    _inherit = "crm.campaign.channel.phone"

    @api.model
    def _finish_execution(self, execution):
        # EXTENDS crm_campaign — callers' calendars follow
        self.env["crm.campaign.call.day"]._wake()
        return super()._finish_execution(execution)
