# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..const import CALL_METHODS
from ..models.crm_campaign_call_planning import Moves
from ..tools.call_distribution import Placement, Terms

# Days of a caller that the preview names before it stops.
SHOWN_DAYS = 12


class CrmCampaignCallReassign(models.TransientModel):
    """Many calls given to others or planned for other days, with a look at it before.

    Of the calls chosen, those are left alone that are over, that a caller has on the screen, or
    that the user may not move. Nothing is written before it is confirmed, and then all at once.
    """

    _name = "crm.campaign.call.reassign"
    _description = "Reassign or Move Calls"

    selection = fields.Json(help="Ids of the calls; nothing where a caller is absent.")
    selected_count = fields.Integer(string="Calls", compute="_compute_selected_count")
    may_give = fields.Boolean(compute="_compute_may_give")
    mode = fields.Selection(
        [
            ("move", "Move them to another day"),
            ("give", "Give them to one caller, on the same days"),
            ("spread", "Spread them over callers and days"),
            ("anybody", "Give them to anybody, on the same days"),
            ("absence", "A caller is absent"),
        ],
        required=True,
        default="move",
    )
    # Another day
    move_rule = fields.Selection(
        [("day", "On a day"), ("shift", "Later or earlier")], required=True, default="day"
    )
    day = fields.Date(default=lambda self: fields.Date.context_today(self) + timedelta(days=1))
    shift_days = fields.Integer(string="Days", default=1, help="Negative: earlier.")
    # Others
    user_id = fields.Many2one("res.users", string="Caller", domain=[("share", "=", False)])
    caller_ids = fields.Many2many("res.users", string="Callers", domain=[("share", "=", False)])
    method = fields.Selection(CALL_METHODS, string="Distribution", default="availability")
    date_start = fields.Date(string="First Day", default=fields.Date.context_today)
    date_end = fields.Date(
        string="Last Day", default=lambda self: fields.Date.context_today(self) + timedelta(days=6)
    )
    # Absence
    absent_user_id = fields.Many2one(
        "res.users", string="Absent Caller", domain=[("share", "=", False)]
    )
    absent_from = fields.Date(default=fields.Date.context_today)
    absent_until = fields.Date(string="Until", default=fields.Date.context_today)
    # What will happen
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    problem = fields.Char(compute="_compute_preview")

    # === COMPUTE METHODS === #

    @api.depends("selection")
    def _compute_selected_count(self):
        for wizard in self:
            wizard.selected_count = len(wizard.selection or ())

    @api.depends_context("uid")
    def _compute_may_give(self):
        self.may_give = self.env.user.has_group("crm_campaign.crm_campaign_group_user")

    @api.depends(
        "selection",
        "mode",
        "move_rule",
        "day",
        "shift_days",
        "user_id",
        "caller_ids",
        "method",
        "date_start",
        "date_end",
        "absent_user_id",
        "absent_from",
        "absent_until",
    )
    def _compute_preview(self):
        for wizard in self:
            try:
                moves = wizard._plan()
            except UserError as error:
                wizard.preview, wizard.problem = False, str(error)
            else:
                wizard.preview, wizard.problem = wizard._render_preview(moves), False

    # === ACTION METHODS === #

    def action_confirm(self):
        """Do it, and say how many calls moved.

        :raise UserError: something is missing, or stands against it
        """
        self.ensure_one()
        moves = self._plan()
        count = sum(
            self.env["crm.campaign.call"]._move(placements, company)
            for company, placements in moves.placements
        )
        message = self.env._("%(count)s call(s) moved.", count=count)
        if left := moves.total - count:
            message += " " + self._describe_left(left)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if count else "warning",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _get_window(self):
        """Give the window in which this is asked.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reassign or Move Calls"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    # === BUSINESS METHODS - PLANS === #

    def _plan(self):
        """Work out what becomes of the calls, and write nothing.

        :rtype: Moves
        :raise UserError: something is missing, or stands against it
        """
        planners = {
            "move": self._plan_days,
            "give": self._plan_caller,
            "anybody": self._plan_anybody,
            "spread": self._plan_spread,
            "absence": self._plan_absence,
        }
        if self.mode != "move" and not self.may_give:
            raise AccessError(self.env._("Only marketing users give calls to somebody else."))
        return planners[self.mode]()

    def _plan_days(self):
        rows = self._read_selection(gives_away=False)
        if self.move_rule == "shift":
            shift = timedelta(days=self.shift_days)
            return self._keep(
                rows, lambda row: Placement(row.id, row.user_id, row.date_planned + shift)
            )
        if not self.day:
            raise UserError(self.env._("Choose a day."))
        if self.day < fields.Date.context_today(self):
            raise UserError(self.env._("The day is in the past."))
        return self._keep(rows, lambda row: Placement(row.id, row.user_id, self.day))

    def _plan_caller(self):
        if not self.user_id:
            raise UserError(self.env._("Choose who calls."))
        rows = self._read_selection(gives_away=True)
        return self._keep(
            rows, lambda row: Placement(row.id, self.user_id._origin.id, row.date_planned)
        )

    def _plan_anybody(self):
        rows = self._read_selection(gives_away=True)
        return self._keep(rows, lambda row: Placement(row.id, None, row.date_planned))

    def _plan_spread(self):
        rows = self._read_selection(gives_away=True)
        operations = self.env["crm.campaign.operation"].browse({row.operation_id for row in rows})
        if len(operations.company_id) > 1:
            raise UserError(self.env._("Choose calls of one company."))
        if not (self.date_start and self.date_end):
            raise UserError(self.env._("Choose from when to when."))
        if self.date_start < fields.Date.context_today(self):
            raise UserError(self.env._("The day is in the past."))
        company = operations.company_id or self.env.company
        moves = Moves(total=self.selected_count)
        self.env["crm.campaign.call.distribution"]._distribute_again(
            moves,
            rows,
            self.caller_ids._origin,
            self._get_terms(self.method, self.date_start, self.date_end, company),
            company,
            objective=max(operations.mapped("call_objective"), default=0),
        )
        return moves

    def _plan_absence(self):
        """Give the calls of an absent caller to the others of each operation.

        Whoever comes back in time takes part on the days after. An operation for which nobody is
        left keeps its calls as they are, and a notice says so.
        """
        start = max(self._get_absence_start(), fields.Date.context_today(self))
        domain = Domain("user_id", "=", self.absent_user_id._origin.id)
        domain &= Domain("date_planned", ">=", self.absent_from)
        if self.absent_until:
            domain &= Domain("date_planned", "<=", self.absent_until)
        rows = self.env["crm.campaign.call"]._read_movable(domain, gives_away=True)
        moves = Moves(total=len(rows))
        absences = {self.absent_user_id._origin.id: self._list_absent_days()}
        for operation_id, group in self._group(rows).items():
            operation = self.env["crm.campaign.operation"].browse(operation_id)
            self._plan_operation(moves, operation, group, start, absences)
        return moves

    def _plan_operation(self, moves, operation, rows, start, absences):
        """Distribute anew the calls of an absent caller in one operation."""
        company = operation.company_id
        end = max(self._get_last_day(operation) or start, start)
        try:
            self.env["crm.campaign.call.distribution"]._distribute_again(
                moves,
                rows,
                operation.caller_ids | self.absent_user_id._origin,
                self._get_terms(operation.call_method, start, end, company),
                company,
                objective=operation.call_objective,
                absences=absences,
            )
        except UserError as error:
            moves.notices.append(
                self.env._(
                    "“%(operation)s”: %(count)s call(s) stay. %(problem)s",
                    operation=operation.name,
                    count=len(rows),
                    problem=str(error),
                )
            )

    # === BUSINESS METHODS - READING === #

    def _read_selection(self, gives_away):
        """Read those of the calls chosen that may move.

        :rtype: list[Movable]
        """
        domain = Domain("id", "in", self.selection or [])
        return self.env["crm.campaign.call"]._read_movable(domain, gives_away)

    def _keep(self, rows, place):
        """Place calls one by one, each by itself."""
        moves = Moves(total=self.selected_count)
        operations = self.env["crm.campaign.operation"].browse({row.operation_id for row in rows})
        # Superuser: callers may not read the operations of their calls.
        companies = {operation.id: operation.company_id for operation in operations.sudo()}
        by_company = {}
        for row in rows:
            by_company.setdefault(companies[row.operation_id], []).append(row)
        for company, group in by_company.items():
            moves.add(company, group, [place(row) for row in group])
        return moves

    @api.model
    def _group(self, rows):
        """Group calls by operation, in their order.

        :rtype: dict[int, list[Movable]]
        """
        groups = {}
        for row in rows:
            groups.setdefault(row.operation_id, []).append(row)
        return groups

    @api.model
    def _get_terms(self, method, start, end, company):
        # Superuser: a setting that everybody of the company works with.
        return Terms(method, start, end, company.sudo().campaign_call_reserve / 100)

    @api.model
    def _get_last_day(self, operation):
        """Give the day on which an operation ends; None = open.

        :rtype: date | None
        """
        Call = self.env["crm.campaign.call"]
        zone = Call._get_caller_zone(operation.user_id, operation.company_id)
        return Call._get_local_day(operation.date_end, zone) if operation.date_end else None

    def _get_absence_start(self):
        """Give the first day of absence.

        :rtype: date
        :raise UserError: something is missing
        """
        if not self.absent_user_id:
            raise UserError(self.env._("Choose who is absent."))
        if not self.absent_from:
            raise UserError(self.env._("Choose from when to when."))
        if self.absent_until and self.absent_until < self.absent_from:
            raise UserError(self.env._("The period ends before it starts."))
        return self.absent_from

    def _list_absent_days(self):
        """List the days of absence; None = for good.

        :rtype: list[date] | None
        """
        if not self.absent_until:
            return None
        count = (self.absent_until - self.absent_from).days + 1
        return [self.absent_from + timedelta(days=more) for more in range(count)]

    # === BUSINESS METHODS - WORDS === #

    def _render_preview(self, moves):
        """Render what will happen: a line for each caller, with days and numbers of calls.

        :rtype: Markup
        """
        counts = {}
        for _company, placements in moves.placements:
            for placement in placements:
                counts.setdefault(placement.caller, Counter())[placement.day] += 1
        users = self.env["res.users"].browse(user_id for user_id in counts if user_id)
        names = {None: self.env._("Anybody"), **{user.id: user.name for user in users}}
        lines = [self._prepare_line(names[user_id], days) for user_id, days in counts.items()]
        moved = sum(line["count"] for line in lines)
        notices = [*moves.notices]
        if moves.promised:
            notices.append(
                self.env._("%(count)s promised call(s) go to another day.", count=moves.promised)
            )
        if moves.total > moved:
            notices.append(self._describe_left(moves.total - moved))
        values = {"lines": sorted(lines, key=lambda line: line["name"]), "notices": notices}
        return self.env["ir.qweb"]._render("crm_campaign.call_reassign_preview", values)

    def _prepare_line(self, name, days):
        """Prepare a caller's line of the preview.

        :rtype: dict
        """
        shown = sorted(days.items())[:SHOWN_DAYS]
        return {
            "name": name,
            "count": sum(days.values()),
            "days": [
                {"day": format_date(self.env, day, date_format="EEE d MMM"), "count": count}
                for day, count in shown
            ],
            "more": len(days) - len(shown),
        }

    def _describe_left(self, count):
        return self.env._(
            "%(count)s call(s) stay as they are: over, on a caller's screen, or not yours to move.",
            count=count,
        )
