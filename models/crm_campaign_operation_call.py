# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from zoneinfo import ZoneInfo

from odoo import api, fields, models, modules
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..const import CALL_METHODS, CALL_OPEN_STATES
from ..tools.call_distribution import Terms
from ..tools.send_window import get_moment


class CrmCampaignOperation(models.Model):
    """Call campaigns: an operation whose people are called by colleagues."""

    _inherit = "crm.campaign.operation"

    channel = fields.Selection(selection_add=[("phone", "Phone")], ondelete={"phone": "cascade"})
    caller_ids = fields.Many2many(
        "res.users",
        "crm_campaign_operation_caller_rel",
        "operation_id",
        "user_id",
        string="Callers",
        domain=lambda self: self._get_caller_domain(),
    )
    script_id = fields.Many2one(
        "crm.campaign.script", string="Call Script", ondelete="restrict", index="btree_not_null"
    )
    call_subject = fields.Char(
        string="Subject of the Calls",
        compute="_compute_call_subject",
        store=True,
        precompute=True,
        readonly=False,
        help="What callers read above the name of whom they call.",
    )
    call_objective = fields.Integer(
        string="Objective for Non-Telemarketers",
        compute="_compute_call_objective",
        store=True,
        precompute=True,
        readonly=False,
        help="Calls a day of callers who have no objective of their own.",
    )
    call_method = fields.Selection(CALL_METHODS, string="Distribution", default="availability")
    # What the confirmed simulation started from; emptied once its calls are made
    call_plan = fields.Json(copy=False, readonly=True)
    call_ids = fields.One2many("crm.campaign.call", "operation_id", string="Calls")
    call_count = fields.Integer(string="Number of Calls", compute="_compute_call_totals")
    call_open_count = fields.Integer(string="Calls to Make", compute="_compute_call_totals")
    call_reached_count = fields.Integer(string="People Reached", compute="_compute_call_totals")
    call_success_count = fields.Integer(string="Successes", compute="_compute_call_totals")

    # === COMPUTE METHODS === #

    @api.model
    def _get_caller_domain(self):
        """Say who may be chosen to call: colleagues who have the role.

        :rtype: list
        """
        group = self.env.ref("crm_campaign.crm_campaign_group_caller", raise_if_not_found=False)
        return [("share", "=", False), ("all_group_ids", "in", group.ids if group else [])]

    @api.depends("campaign_id")
    def _compute_call_subject(self):
        for operation in self:
            # Superuser: a setting that everybody of the company works with; the same below.
            company = (operation.campaign_id.company_id or self.env.company).sudo()
            operation.call_subject = operation.call_subject or company._get_call_subject()

    @api.depends("campaign_id")
    def _compute_call_objective(self):
        for operation in self:
            company = (operation.campaign_id.company_id or self.env.company).sudo()
            operation.call_objective = operation.call_objective or company.campaign_call_objective

    def _compute_call_totals(self):
        groups = self.env["crm.campaign.call"]._read_group(
            [("operation_id", "in", self.ids)],
            ["operation_id", "state", "outcome_id"],
            ["__count"],
        )
        totals = {operation.id: [0, 0, 0, 0] for operation in self}
        for operation, state, outcome, count in groups:
            # Superuser: what outcomes mean; callers read them anyway.
            meaning = outcome.sudo()
            counted = (True, state in CALL_OPEN_STATES, meaning.is_reached, meaning.is_success)
            row = totals[operation.id]
            row[:] = [number + count * holds for number, holds in zip(row, counted, strict=True)]
        for operation in self:
            (
                operation.call_count,
                operation.call_open_count,
                operation.call_reached_count,
                operation.call_success_count,
            ) = totals.get(operation._origin.id, (0, 0, 0, 0))

    # === CONSTRAINTS AND ONCHANGE METHODS === #

    @api.constrains("operation_type", "channel")
    def _check_call_channel(self):
        for operation in self:
            if (operation.operation_type == "call") != (operation.channel == "phone"):
                raise ValidationError(
                    self.env._(
                        "“%(name)s”: call campaigns go by phone, and nothing else does.",
                        name=operation.name,
                    )
                )

    @api.onchange("operation_type")
    def _onchange_operation_type(self):
        if self.operation_type == "call":
            self.channel = "phone"
        elif self.channel == "phone":
            self.channel = "email"

    # === CRUD METHODS === #

    def _get_frozen_fields(self):
        # EXTENDS crm_campaign — callers keep the script with which they began
        return super()._get_frozen_fields() | {"script_id", "call_method"}

    # === ACTION METHODS === #

    def action_suspend(self):
        # EXTENDS crm_campaign — nobody is offered a call any more
        done = super().action_suspend()
        self._pause_calls()
        return done

    def action_resume(self):
        # EXTENDS crm_campaign — calls are offered again
        done = super().action_resume()
        self._unpause_calls()
        return done

    def action_ask_resume(self):
        # EXTENDS crm_campaign — calls that waited are simply offered again
        self.ensure_one()
        if self.operation_type == "call":
            return self.action_resume()
        return super().action_ask_resume()

    def action_distribute(self):
        """Open the assistant where the calls are distributed; confirming it makes them.

        :rtype: dict
        """
        self.ensure_one()
        self._assert_may_dispatch()
        assistant = self.env["crm.campaign.operation.assistant"].create(
            self._prepare_assistant_vals()
        )
        return assistant.get_formview_action()

    def _prepare_assistant_vals(self):
        """Prepare the assistant that distributes the calls of this operation.

        :rtype: dict
        """
        start, end = self._get_call_period() if self.date_start and self.date_end else (False,) * 2
        return {
            "call_start": start,
            "call_end": end,
            "step": "distribution",
            "operation_id": self.id,
            "operation_type": "call",
            "campaign_id": self.campaign_id.id,
            "name": self.name,
            "currency_id": self.currency_id.id,
            "budget": self.budget,
            "user_id": self.user_id.id,
            "purpose_id": self.purpose_id.id,
            "audience": "target",
            "target_id": self.target_id.id,
            "address_rule": self.address_rule,
            "writes_history": self.writes_history,
            "script_id": self.script_id.id,
            "call_subject": self.call_subject,
            "call_objective": self.call_objective,
            "call_method": self.call_method,
            "caller_line_ids": [
                fields.Command.create({"user_id": user.id}) for user in self.caller_ids
            ],
        }

    def action_view_calls(self):
        """Open the calls of the operation."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_campaign_call_action"
        )
        return {**action, "domain": [("operation_id", "=", self.id)]}

    # === BUSINESS METHODS - DEPARTURE === #

    def _get_departure_fields(self):
        # EXTENDS crm_campaign — a call campaign has no template
        if self.operation_type != "call":
            return super()._get_departure_fields()
        return ["target_id", "purpose_id", *self._get_channel()._departure_fields]

    def _assert_filled_in(self):
        # EXTENDS crm_campaign — the calls must have been distributed
        if self.operation_type == "call" and not self.call_plan:
            raise UserError(self.env._("Distribute the calls of “%(name)s” first.", name=self.name))
        return super()._assert_filled_in()

    def _prepare_execution_vals(self):
        # EXTENDS crm_campaign — calls are made at once: their days are planned already
        values = super()._prepare_execution_vals()
        if self.operation_type == "call":
            values["scheduled_at"] = fields.Datetime.now()
        return values

    def _pause_calls(self):
        """Have the open calls offered no longer.

        Once the suspension is committed, since the rows change at every moment while callers call:
        within its transaction, it would have to begin again each time. From the commit on,
        ``take_next`` heeds the state of the operation itself.
        """
        if not self.filtered(lambda operation: operation.operation_type == "call"):
            return
        Call = self.env["crm.campaign.call"]
        self.env.flush_all()
        if modules.module.current_test:
            Call._pause_suspended()
        else:
            self.env.cr.postcommit.add(Call._pause_suspended)

    def _unpause_calls(self):
        """Offer the open calls again."""
        calling = self.filtered(lambda operation: operation.operation_type == "call")
        if not calling:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE crm_campaign_call SET is_paused = FALSE WHERE operation_id IN %s"
                " AND state IN %s AND is_paused",
                tuple(calling.ids),
                CALL_OPEN_STATES,
            )
        )
        self.env["crm.campaign.call"].invalidate_model(["is_paused"])

    # === BUSINESS METHODS - CALLS === #

    def _plan_calls(self):
        """Distribute the calls as the operation itself says, without the assistant.

        :raise UserError: in words, what stands against it
        """
        self.ensure_one()
        Distribution = self.env["crm.campaign.call.distribution"]
        # Superuser: settings that everybody of the company works with.
        reserve = self.company_id.sudo().campaign_call_reserve / 100
        terms = Terms(self.call_method, *self._get_call_period(), reserve)
        calls = self._read_calls_to_make()
        _result, callers = Distribution._simulate(
            calls, self.caller_ids, terms, self.company_id, objective=self.call_objective
        )
        self.call_plan = Distribution._dump_plan(callers, terms, len(calls))

    def _get_call_period(self):
        """Give the first and the last day on which people are called, from today on.

        :rtype: tuple[date, date]
        """
        Call = self.env["crm.campaign.call"]
        zone = Call._get_caller_zone(self.user_id, self.company_id)
        start, end = (Call._get_local_day(day, zone) for day in (self.date_start, self.date_end))
        return max(start, Call._get_local_day(fields.Datetime.now(), zone)), end

    def _read_calls_to_make(self):
        """Read the calls that a departure would make right now.

        :rtype: list[Call]
        """
        return self.env["crm.campaign.call.distribution"]._read_future_calls(
            self._get_departure_execution(), self.caller_ids, self.call_method
        )

    def _create_calls(self, execution):
        """Make the calls of all who were frozen, as the confirmed plan says, in one statement.

        :param execution: of this operation, just frozen
        :raise UserError: the list is another one than when calls were distributed
        """
        self.ensure_one()
        Distribution = self.env["crm.campaign.call.distribution"]
        plan = self.call_plan
        people = SQL(
            "SELECT partner_id, company_partner_id FROM crm_campaign_recipient"
            " WHERE execution_id = %s AND state = 'to_call' ORDER BY id",
            execution.id,
        )
        calls = Distribution._read_calls(people, self.caller_ids, plan["method"])
        if len(calls) != plan["count"]:
            raise UserError(
                self.env._(
                    "The list changed since the simulation: %(now)s people to call instead of "
                    "%(then)s. Simulate again.",
                    now=len(calls),
                    then=plan["count"],
                )
            )
        placements = Distribution._distribute_plan(plan, calls).placements
        self._insert_calls(execution, placements)
        self.call_plan = False
        if self.script_id:
            self.script_id._mark_used()

    def _insert_calls(self, execution, placements):
        """Insert calls, in one statement.

        Places are looked up in arrays rather than joined: PostgreSQL does not know how many rows an
        array gives, and would sort all of them to and fro. The long one goes as one literal, which
        is read six times as fast as ``ARRAY[…]``.

        :param list[Placement] placements: in the order of the recipients
        """
        slots = {}
        places = [
            slots.setdefault((placement.caller, placement.day), len(slots) + 1)
            for placement in placements
        ]
        columns = self._prepare_call_columns()
        moments = self._get_moments(slots)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_campaign_call (%(names)s)
                SELECT %(values)s
                  FROM (SELECT recipient.*,
                               (%(places)s::int[])[row_number() OVER (ORDER BY id)] AS slot
                          FROM crm_campaign_recipient recipient
                         WHERE execution_id = %(execution)s AND state = 'to_call') r
            CROSS JOIN LATERAL (
                        SELECT NULLIF((%(users)s::int[])[slot], 0) AS user_id,
                               (%(days)s::date[])[slot] AS day,
                               (%(moments)s::timestamp[])[slot] AS due_at) s
              ORDER BY r.id
                """,
                names=SQL(", ").join(SQL.identifier(name) for name in columns),
                values=SQL(", ").join(columns.values()),
                execution=execution.id,
                places="{%s}" % ",".join(map(str, places)),
                users=[user_id or 0 for user_id, _day in slots],
                days=[day for _user_id, day in slots],
                moments=moments,
            )
        )
        self.env["crm.campaign.call"].invalidate_model()

    def _prepare_call_columns(self):
        """Give the columns of a call, as SQL over the recipient (``r``) and its place (``s``).

        Integrators add columns of their own.

        :return: column -> SQL expression
        :rtype: dict[str, SQL]
        """
        # Superuser: rules for everybody; nothing of them is shown.
        Hours = self.env["crm.campaign.calling.hours"].sudo().with_company(self.company_id)
        return {
            "operation_id": SQL("%s", self.id),
            "recipient_id": SQL("r.id"),
            "lead_id": SQL("r.lead_id"),
            "phone": SQL("r.phone"),
            "user_id": SQL("s.user_id"),
            "date_planned": SQL("s.day"),
            "due_at": SQL("s.due_at"),
            "state": SQL("'todo'"),
            "attempt_count": SQL("0"),
            "is_promised": SQL("FALSE"),
            "is_paused": SQL("FALSE"),
            "calling_hours_id": Hours._get_assignment_sql(SQL("r.partner_id")),
        }

    def _get_moments(self, slots):
        """Give the moments (UTC) at which planned days begin for their callers.

        :param slots: pairs of user id and day
        :rtype: list[datetime]
        """
        Call = self.env["crm.campaign.call"]
        users = self.env["res.users"].browse({user_id for user_id, _day in slots})
        zones = {user.id: ZoneInfo(Call._get_caller_zone(user, self.company_id)) for user in users}
        moments = {}
        for user_id, day in slots:
            if (day, zones[user_id]) not in moments:
                moments[day, zones[user_id]] = get_moment(day, 0, zones[user_id])
        return [moments[day, zones[user_id]] for user_id, day in slots]
