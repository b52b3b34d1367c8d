# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import logging

import psycopg2
import psycopg2.errors

from odoo import api, models
from odoo.tools import SQL, float_compare

_logger = logging.getLogger(__name__)

# Channel -> unit that it costs, and the stored counter of executions that counts it.
CHANNEL_UNITS = {
    "email": ("email", "sent_count"),
    "fax": ("fax", "sent_count"),
    "post": ("letter", "sent_count"),
    "sms": ("sms_part", "sms_part_count"),
}
# Type of what sends nothing -> unit, of which there is one as soon as it runs.
PRESENCE_UNITS = {"trade_show": "stand", "press": "insertion"}
# Somebody else changed the same just now.
CONFLICTS = (psycopg2.errors.SerializationFailure, psycopg2.errors.DeadlockDetected)


class CrmCampaignOperation(models.Model):
    """Actual costs that fill themselves: what was done, times the unit cost in force.

    One line a unit, made when there is something to count and a unit cost for it. From then on only
    its quantity changes: the price is the one that held, or what a user made of it. A line of that
    unit which somebody fills by hand is left alone, and no other one is made beside it.
    """

    _inherit = "crm.campaign.operation"

    # === ACTION METHODS === #

    def action_refresh_costs(self):
        """Count the costs now, instead of waiting for the job."""
        self.check_access("write")
        # Superuser: quantities come from executions and calls, of which users see their own; the
        # right on the operation was checked just above.
        self.sudo()._refresh_costs()

    def action_open(self):
        # EXTENDS crm_campaign — a stand or an insertion is paid for
        done = super().action_open()
        self.action_refresh_costs()
        return done

    def action_finish(self):
        # EXTENDS crm_campaign — as in action_open
        done = super().action_finish()
        self.action_refresh_costs()
        return done

    # === BUSINESS METHODS === #

    def _refresh_costs(self):
        """Bring the lines that fill themselves up to date, in as many queries for any number.

        Running it again changes nothing. Operations without a currency have no costs.
        """
        operations = self.filtered("currency_id")
        if not operations:
            return
        quantities = operations._get_cost_quantities()
        lines = operations._get_cost_lines()
        missing = []
        costs = self.env["crm.campaign.unit.cost"]._get_candidates(operations.company_id)
        for operation in operations:
            for kind, quantity in quantities.get(operation.id, {}).items():
                line = lines.get((operation, kind))
                if line is None:
                    missing += operation._prepare_cost_lines(costs, kind, quantity)
                elif line.is_automatic and float_compare(line.quantity_actual, quantity, 2):
                    line.quantity_actual = quantity
        self.env["crm.campaign.budget.line"].create(missing)

    @api.model
    def _refresh_due_costs(self):
        """Bring up to date what was asked for; what somebody is changing waits for the next run."""
        operations = self.env["crm.campaign.recount"]._take_costs()
        try:
            operations._refresh_costs_safely()
            self.env["ir.cron"]._commit_progress(remaining=0)
        except CONFLICTS:
            # The requests come back, too.
            self.env.cr.rollback()

    def _refresh_costs_safely(self):
        """Do it in a job that must not stop for what integrators or data may break here.

        Only the operation that breaks is left out.
        """
        try:
            with self.env.cr.savepoint():
                self._refresh_costs()
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            raise  # a conflict or a lost connection: the next run does it
        except Exception as error:  # noqa: BLE001 - figures go on without costs
            if len(self) > 1:
                for operation in self:
                    operation._refresh_costs_safely()
            elif isinstance(error, psycopg2.errors.UniqueViolation):
                # Somebody counted it at the same moment: again, once that is seen.
                self.env["crm.campaign.recount"]._request_costs(self)
            else:
                _logger.exception("The costs of operation %s cannot be counted", self.id)

    def _get_cost_quantities(self):
        """Count what was done, by unit. Extended by integrators, in a constant number of queries.

        A unit that is missing is not touched: what a cancelled operation cost stays. A unit with 0
        brings its line down to that, and makes none.

        :return: operation id -> {kind of unit cost: quantity}; hours in hours
        :rtype: dict[int, dict[str, float]]
        """
        quantities = {operation.id: operation._count_presence() for operation in self}
        for operation_id, channel, sent, parts in self._read_sent():
            if channel in CHANNEL_UNITS:
                kind, counter = CHANNEL_UNITS[channel]
                quantities[operation_id][kind] = parts if counter == "sms_part_count" else sent
        for operation_id, seconds in self._read_talks():
            quantities[operation_id]["caller_hour"] = round(seconds / 3600, 2)
        return quantities

    def _count_presence(self):
        kind = PRESENCE_UNITS.get(self.operation_type)
        return {kind: 1} if kind and self.state in ("running", "done") else {}

    def _read_sent(self):
        """Read the stored counters of the executions.

        :return: operation id, channel, messages sent, parts of text messages sent
        :rtype: list[tuple]
        """
        groups = self.env["crm.campaign.execution"]._read_group(
            [("operation_id", "in", self.ids)],
            ["operation_id", "channel"],
            ["sent_count:sum", "sms_part_count:sum"],
        )
        return [(operation.id, *figures) for operation, *figures in groups]

    def _read_talks(self):
        """Add up how long callers had calls in hand.

        :return: operation id, seconds
        :rtype: list[tuple[int, int]]
        """
        callings = self.filtered(lambda operation: operation.operation_type == "call")
        if not callings:
            return []
        self.env["crm.campaign.call.attempt"].flush_model(["call_id", "duration"])
        return self.env.execute_query(
            SQL(
                """
                SELECT c.operation_id, sum(a.duration)
                  FROM crm_campaign_call c
                  JOIN crm_campaign_call_attempt a ON a.call_id = c.id
                 WHERE c.operation_id IN %s AND a.duration > 0
              GROUP BY c.operation_id
                """,
                tuple(callings.ids),
            )
        )

    def _get_cost_lines(self):
        """Return the lines of units, the one that fills itself before those filled by hand.

        :return: (operation, kind) -> line
        :rtype: dict
        """
        lines = {}
        for line in self.budget_line_ids.filtered("kind").sorted("is_automatic"):
            lines[line.operation_id, line.kind] = line
        return lines

    def _prepare_cost_lines(self, costs, kind, quantity):
        """Prepare the line of a unit.

        :param costs: what ``_get_candidates`` of unit costs gives
        :return: values of one line; none where nothing was done or no unit cost holds
        :rtype: list[dict]
        """
        day = self._get_budget_day()
        cost = costs._get_in_force(kind, self.company_id, day)
        if not quantity or not cost or cost._lacks_rate(self):
            return []
        return [
            {
                "operation_id": self.id,
                "name": cost.with_context(lang=self.user_id.lang).name,
                "date": day,
                "unit_cost_id": cost.id,
                "is_automatic": True,
                "quantity_actual": quantity,
            }
        ]
