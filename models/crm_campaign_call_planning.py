# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from collections import Counter
from datetime import date, timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import CALL_OPEN_STATES
from ..tools.call_distribution import Call
from .crm_campaign_call_taking import HOLD_MINUTES


class Movable(NamedTuple):
    """A call that may move; columns of the same names, user_id None = anybody."""

    id: int
    user_id: int | None
    date_planned: date
    operation_id: int
    is_promised: bool


class Moves:
    """What becomes of calls, before anything is written.

    ``placements``: company and ``Placement`` of its calls, each; ``notices``: in words;
    ``promised``: number of promised calls whose day changes; ``total``: number of calls asked for.
    """

    def __init__(self, total):
        self.total = total
        self.placements = []
        self.notices = []
        self.promised = 0
        self._change = {}

    def add(self, company, rows, placements):
        """Note where calls go.

        :param list[Movable] rows: where they are
        :param list[Placement] placements: where they go, in the same order
        """
        self.placements.append((company, placements))
        self._change = self.get_change(rows)
        for row, placement in zip(rows, placements, strict=True):
            self._change.setdefault(placement.caller, Counter())[placement.day] += 1
            self.promised += row.is_promised and row.date_planned != placement.day

    def get_change(self, rows):
        """Say how many calls more or fewer callers have than the database says, without these.

        :param list[Movable] rows: calls that are about to move
        :return: user id → day → number
        :rtype: dict[int | None, Counter[date]]
        """
        change = {user_id: Counter(days) for user_id, days in self._change.items()}
        for row in rows:
            change.setdefault(row.user_id, Counter())[row.date_planned] -= 1
        return change


class CrmCampaignCall(models.Model):
    """Work plans: the calls that a caller sees, and how many calls change hands or days at once."""

    _inherit = "crm.campaign.call"

    # Columns of the kanban in the order of the states, empty ones too
    state = fields.Selection(group_expand=True)
    contact_name = fields.Char(string="Name of the Contact", compute="_compute_contact_name")
    is_mine = fields.Boolean(
        string="Mine or Anybody's", compute="_compute_is_mine", search="_search_is_mine"
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id.name", "lead_id", "phone")
    def _compute_contact_name(self):
        for call in self:
            # Superuser: the name of whom one is to call; the company has a column of its own.
            call_sudo = call.sudo()
            call.contact_name = call_sudo.partner_id.name or call.display_name

    @api.depends("user_id", "operation_id.caller_ids")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for call in self:
            # Superuser: callers know of their operations only that they call for them.
            callers = call.user_id or call.operation_id.sudo().caller_ids
            call.is_mine = self.env.user in callers

    @api.model
    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Superuser: as above.
        operations = self.env["crm.campaign.operation"].sudo().with_context(active_test=False)
        called_for = operations._search([("caller_ids", "in", self.env.uid)])
        mine = Domain("user_id", "=", self.env.uid) | (
            Domain("user_id", "=", False) & Domain("operation_id", "in", called_for)
        )
        return mine if True in value else ~mine

    # === ACTION METHODS === #

    def action_call(self):
        """Open the cockpit on this call."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "crm_campaign_call_cockpit",
            "params": {"call_id": self.id},
        }

    def action_reassign(self):
        """Ask what becomes of these calls: who makes them, and when.

        :return: the window of ``crm.campaign.call.reassign``
        :rtype: dict
        """
        wizard = self.env["crm.campaign.call.reassign"].create({"selection": self.ids})
        return wizard._get_window()

    def action_view_partner(self):
        """Open the contact."""
        self.ensure_one()
        return self.partner_id.get_formview_action()

    def action_view_lead(self):
        """Open the lead that is called, or that the call has made."""
        self.ensure_one()
        return self.lead_id.get_formview_action()

    # === PUBLIC METHODS === #

    @api.model
    def get_my_figures(self):
        """Count what a caller has before them today, as the filters of "My Calls" count it.

        :return: number of calls by key: ``todo`` (of today, still to make), ``overdue``,
            ``promised`` (among those of today), ``done`` (today, by oneself)
        :rtype: dict[str, int]
        """
        today = Domain("date_planned", "=", "today") & Domain("state", "in", CALL_OPEN_STATES)
        done = Domain("done_by_id", "=", self.env.uid) & Domain("done_at", ">=", "today")
        domains = {
            "todo": today,
            "overdue": Domain("is_overdue", "=", True),
            "promised": today & Domain("is_promised", "=", True),
            "done": done & Domain("state", "=", "done"),
        }
        mine = Domain("is_mine", "=", True)
        return {key: self.search_count(mine & domain) for key, domain in domains.items()}

    # === BUSINESS METHODS - MOVING MANY === #

    @api.model
    def _read_movable(self, domain, gives_away):
        """Read the calls that a user may move now: open, and on nobody's screen.

        :param Domain domain: which ones
        :param bool gives_away: they change hands: those of operations that the user may run only
        :return: in the order in which they are planned
        :rtype: list[Movable]
        """
        self.browse().check_access("write")
        self.flush_model()
        held_since = fields.Datetime.now() - timedelta(minutes=HOLD_MINUTES)
        free = Domain("taken_by_id", "=", False) | Domain("taken_at", "<", held_since)
        rules = self.env["ir.rule"]._compute_domain(self._name, "write")
        mine = self._get_given_domain() if gives_away else self._get_rescheduled_domain()
        # Superuser: as the host reads rules, which look at operations that callers may not read.
        query = self.sudo()._search(
            Domain("state", "in", CALL_OPEN_STATES) & free & mine & Domain(rules) & Domain(domain),
            order="date_planned, id",
        )
        columns = (SQL.identifier(self._table, name) for name in Movable._fields)
        return [Movable(*row) for row in self.env.execute_query(query.select(*columns))]

    @api.model
    def _get_given_domain(self):
        """Give the calls that the user may hand over: those of operations that they may run."""
        if self.env.su:
            return Domain.TRUE
        Operation = self.env["crm.campaign.operation"].with_context(active_test=False)
        Operation.browse().check_access("write")
        rules = self.env["ir.rule"]._compute_domain(Operation._name, "write")
        # Superuser: as the host reads rules.
        return Domain("operation_id", "in", Operation.sudo()._search(rules))

    @api.model
    def _get_rescheduled_domain(self):
        """Give the calls that the user may plan for another day: callers, their own only."""
        if self.env.su or self.env.user.has_group("crm_campaign.crm_campaign_group_user"):
            return Domain.TRUE
        return Domain("user_id", "=", self.env.uid)

    @api.model
    def _move(self, placements, company):
        """Give open calls to callers and days, in one statement.

        Who was promised a moment is called at that moment, and who did not answer when it was
        said, unless the day changes. Rights are checked by ``_read_movable``.

        :param list[Placement] placements: ids of calls, ids of users (None = anybody) and days
        :param company: whose calls they are: its time zone counts where there is no caller's
        :return: number of calls; those that ended meanwhile stay as they are
        :rtype: int
        """
        slots = {}
        places = [slots.setdefault(placement[1:], len(slots)) for placement in placements]
        zones = self._get_zones({user_id for user_id, _day in slots}, company)
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_campaign_call c
                   SET user_id = s.user_id, date_planned = s.day,
                       due_at = CASE
                           WHEN c.date_planned = s.day AND c.state != 'todo' THEN c.due_at
                           WHEN (c.callback_at AT TIME ZONE 'UTC' AT TIME ZONE s.zone)::date = s.day
                           THEN c.callback_at
                           ELSE s.due_at END,
                       taken_by_id = NULL, taken_at = NULL
                  FROM unnest(%(calls)s::int[], %(places)s::int[]) AS p (call_id, slot)
                  JOIN unnest(%(slots)s::int[], %(users)s::int[], %(days)s::date[],
                              %(moments)s::timestamp[], %(zones)s::text[])
                       AS s (slot, user_id, day, due_at, zone) ON s.slot = p.slot
                 WHERE c.id = p.call_id AND c.state IN %(open)s
                """,
                calls=[placement.call for placement in placements],
                places=places,
                slots=list(slots.values()),
                users=[user_id for user_id, _day in slots],
                days=[day for _user_id, day in slots],
                moments=[self._get_day_start(day, zones[user_id]) for user_id, day in slots],
                zones=[zones[user_id] for user_id, _day in slots],
                open=CALL_OPEN_STATES,
            )
        )
        count = self.env.cr.rowcount
        self.invalidate_model()
        self.env["crm.campaign.call.day"]._wake()
        return count

    @api.model
    def _get_zones(self, user_ids, company):
        """Give the names of the time zones of callers; None = of anybody.

        :rtype: dict[int | None, str]
        """
        Users = self.env["res.users"]
        users = Users.browse(user_id for user_id in user_ids if user_id)
        zones = {user.id: self._get_caller_zone(user, company) for user in users}
        return {None: self._get_caller_zone(Users, company), **zones}

    @api.model
    def _find_owners(self, ids, callers):
        """Find the callers who are salespersons of those whom they call.

        :param ids: of calls
        :param callers: ``res.users``
        :return: call id → user id, None = none of the callers
        :rtype: dict[int, int | None]
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id, CASE WHEN p.user_id IN %(users)s THEN p.user_id
                                  WHEN k.user_id IN %(users)s THEN k.user_id END
                  FROM crm_campaign_call c
                  JOIN crm_campaign_recipient r ON r.id = c.recipient_id
             LEFT JOIN res_partner p ON p.id = r.partner_id
             LEFT JOIN res_partner k ON k.id = r.company_partner_id
                 WHERE c.id = ANY(%(ids)s)
                """,
                users=tuple(callers.ids) or (0,),
                ids=list(ids),
            )
        )
        return dict(rows)

    def _follow_plan(self):
        # EXTENDS crm_campaign — callers' calendars follow too
        self.env["crm.campaign.call.day"]._wake()
        return super()._follow_plan()


class CrmCampaignCallDistribution(models.AbstractModel):
    """Calls that exist are distributed anew: they do not count where they were."""

    _inherit = "crm.campaign.call.distribution"

    @api.model
    def _distribute_again(self, moves, rows, users, terms, company, **options):
        """Distribute calls that exist over callers and days, and note where they go.

        :param Moves moves: what is noted already counts; receives places and notices
        :param list[Movable] rows: in their order
        :param users: callers
        :param Terms terms: method and period
        :param company: whose calls they are
        :param options: as of ``_simulate``
        :raise UserError: in words, what stands against it; nothing is noted
        """
        owners = {}
        if terms.method == "account":
            owners = self.env["crm.campaign.call"]._find_owners([row.id for row in rows], users)
        calls = [Call(row.id, owners.get(row.id)) for row in rows]
        distribution, callers = self.with_context(
            campaign_calls_moving=moves.get_change(rows)
        )._simulate(calls, users, terms, company, **options)
        moves.add(company, rows, distribution.placements)
        names = {caller.key: caller.name for caller in callers}
        absent = options.get("absences") or ()
        moves.notices += [
            self._describe_notice(notice, names)
            for notice in distribution.notices
            if notice.code != "no_working_day" or notice.caller not in absent
        ]

    @api.model
    def _read_planned(self, users, start):
        # EXTENDS crm_campaign — context key ``campaign_calls_moving``: user id → day → more or
        # fewer calls than the database has
        planned = super()._read_planned(users, start)
        for user_id, days in self.env.context.get("campaign_calls_moving", {}).items():
            for day, number in days.items():
                if day >= start:
                    planned[user_id][day] += number
        return planned


class CrmCampaignOperation(models.Model):
    _inherit = "crm.campaign.operation"

    def action_view_calls(self):
        # EXTENDS crm_campaign — the figure that was clicked says which ones (``calls_filter``)
        action = super().action_view_calls()
        if name := self.env.context.get("calls_filter"):
            action["context"] = {f"search_default_{name}": 1}
        return action
