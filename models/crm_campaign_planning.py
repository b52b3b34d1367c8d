# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import json

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import OPERATION_STATES, OPERATION_TYPES
from ..tools import planning

# Of the host's palette.
COLORS = {
    "mailing": 4,
    "call": 10,
    "trade_show": 2,
    "press": 3,
    "mass_action": 9,
    "task": 11,
}
OTHER_COLOR = 8


class CrmCampaignPlanning(models.Model):
    """What is planned: the operations of open campaigns, and the coming runs of automatic tasks.

    A view with one row an operation, of which one without any date has no date either, and one row
    a run of the coming year. Runs are worked out by ``tools/planning.py`` and handed over with the
    query; nothing of them is stored. Rights are those on operations and tasks. Writing a date moves
    the operation behind the row (``crm_campaign_planning_moving``); who is concerned several times
    in a week is in ``crm_campaign_planning_pressure``.
    """

    _name = "crm.campaign.planning"
    _description = "Campaign Planning"
    _auto = False
    _order = "date_start, id"
    _depends = {
        "crm.campaign": ["title", "state", "date_start", "date_end"],
        "crm.campaign.operation": [
            *("active", "campaign_id", "channel", "company_id", "date_calendar", "date_end"),
            *("date_start", "name", "operation_type", "press_publication_date", "state"),
            *("target_id", "user_id"),
        ],
        "crm.campaign.execution": ["operation_id", "state"],
        "crm.campaign.task": [
            *("action", "active", "company_id", "date_end", "date_start", "enabled"),
            *("interval_number", "interval_type", "name", "next_run", "target_id"),
            *("time_of_day", "tz", "user_id"),
        ],
        "crm.campaign.task.period": ["date_end", "date_start", "task_id"],
    }

    name = fields.Char(readonly=True)
    kind = fields.Selection(
        [("operation", "Operation"), ("run", "Run of an Automatic Task")],
        string="Kind of Row",
        readonly=True,
    )
    category = fields.Selection(
        lambda self: self._selection_category(), string="Type", readonly=True
    )
    channel = fields.Selection(
        lambda self: (
            self.env["crm.campaign.execution"]._fields["channel"]._description_selection(self.env)
        ),
        readonly=True,
    )
    color = fields.Integer(readonly=True, aggregator=None, export_string_translation=False)
    operation_id = fields.Many2one("crm.campaign.operation", readonly=True)
    task_id = fields.Many2one("crm.campaign.task", string="Automatic Task", readonly=True)
    campaign_id = fields.Many2one("crm.campaign", readonly=True)
    campaign_start = fields.Date(string="Start of the Campaign", readonly=True)
    campaign_end = fields.Date(string="End of the Campaign", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True)
    target_id = fields.Many2one("crm.campaign.target", readonly=True)
    state = fields.Selection(OPERATION_STATES, string="Status", readonly=True)
    # Written by moving; UTC
    date_start = fields.Datetime(string="Start")
    date_stop = fields.Datetime(string="End")
    is_all_day = fields.Boolean(string="Has a Day Only")
    is_movable = fields.Boolean(
        string="May Be Moved", readonly=True, help="It has not started, and is no run of a task."
    )

    # === SQL VIEW === #

    @property
    def _table_query(self):
        return SQL("%s UNION ALL %s", self._select_operations(), self._select_runs())

    @api.model
    def _select_operations(self):
        """Give the operations of open campaigns; what has no end lasts an hour."""
        return SQL(
            """
            SELECT o.id::bigint * 2 AS id, o.name, 'operation' AS kind,
                   o.operation_type AS category, o.channel,
                   COALESCE((%(colors)s::jsonb->>o.operation_type)::int, %(other)s) AS color,
                   o.id AS operation_id, NULL::int AS task_id, o.campaign_id,
                   c.date_start AS campaign_start, c.date_end AS campaign_end,
                   o.company_id, o.user_id, o.target_id, o.state,
                   o.date_calendar AS date_start,
                   CASE WHEN o.date_end > o.date_calendar THEN o.date_end
                        ELSE o.date_calendar + interval '1 hour' END AS date_stop,
                   %(all_day)s AS is_all_day, %(movable)s AS is_movable
              FROM crm_campaign_operation o
              JOIN crm_campaign c ON c.id = o.campaign_id
             WHERE c.state = 'open' AND o.active AND o.state != 'cancelled'
            """,
            colors=json.dumps(self._get_colors()),
            other=OTHER_COLOR,
            all_day=SQL(
                "(o.operation_type = 'press' AND o.date_start IS NULL"
                " AND o.date_calendar IS NOT NULL)"
            ),
            movable=self._get_movable_sql(),
        )

    @api.model
    def _get_movable_sql(self):
        """Give the condition that an operation (``o``) may be moved; ``_assert_movable`` of the
        operation says the same in Python."""
        return SQL(
            """
            (o.state IN %s AND o.press_publication_date IS NULL
             OR o.state = 'running' AND o.operation_type != 'call' AND COALESCE((
                SELECT bool_and(x.state = 'scheduled') FROM crm_campaign_execution x
                 WHERE x.operation_id = o.id), FALSE))
            """,
            self.env["crm.campaign.operation"]._get_movable_states(),
        )

    @api.model
    def _select_runs(self):
        """Give the coming runs of the automatic tasks that are on."""
        runs = self._get_runs()
        return SQL(
            """
            SELECT r.id, t.name, 'run', 'task', t.action, %(color)s, NULL::int, t.id, NULL::int,
                   NULL::date, NULL::date, t.company_id, t.user_id, t.target_id, NULL,
                   r.moment, r.moment + interval '15 minutes', FALSE, FALSE
              FROM unnest(%(ids)s::bigint[], %(tasks)s::int[], %(moments)s::timestamp[])
                   AS r (id, task_id, moment)
              JOIN crm_campaign_task t ON t.id = r.task_id
            """,
            color=self._get_colors()["task"],
            ids=[self._get_run_id(task_id, run) for task_id, run in runs],
            tasks=[task_id for task_id, _run in runs],
            moments=[run.moment for _task_id, run in runs],
        )

    @api.model
    def _get_runs(self):
        """Work out the coming runs of the tasks that the user may see.

        :return: pairs of the id of a task and a run
        :rtype: list[tuple[int, planning.Run]]
        """
        Task = self.env["crm.campaign.task"].with_context(active_test=True)
        if not Task.has_access("read"):
            return []
        tasks = Task.search([("enabled", "=", True), ("next_run", "!=", False)])
        return [
            (task.id, run)
            for task in tasks
            for run in planning.get_runs(task._get_rule(), task.next_run)
        ]

    @api.model
    def _get_run_id(self, task_id, run):
        """Return the id of the row of a run, odd, where ids of operations are even."""
        return 2 * (task_id * planning.DAY_CYCLE + run.number) + 1

    # === COMPUTE METHODS === #

    @api.model
    def _selection_category(self):
        """List the types of operations, and that of runs."""
        operation_types = self.env["crm.campaign.operation"]._fields["operation_type"]
        labels = operation_types._description_selection(self.env) or OPERATION_TYPES
        return [*labels, ("task", self.env._("Automatic Task"))]

    @api.model
    def _get_colors(self):
        """Give the colors of bars, as numbers of the host's palette. Extended by integrators, who
        add a type of operation.

        :return: type of operation, or ``task`` -> color
        :rtype: dict[str, int]
        """
        return dict(COLORS)

    # === ACTION METHODS === #

    def action_open(self):
        """Open the operation or the automatic task behind the row."""
        self.ensure_one()
        return (self.operation_id or self.task_id).get_formview_action()

    def get_formview_action(self, access_uid=None):
        # EXTENDS base — a row has no form of its own
        self.ensure_one()
        return (self.operation_id or self.task_id).get_formview_action(access_uid=access_uid)
