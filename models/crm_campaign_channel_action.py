# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmCampaignChannelAction(models.AbstractModel):
    """To-dos and leads: what a mass action makes on each record of its target.

    Nothing leaves: everything is made in the transaction that freezes the records, and no sender
    ever claims anybody here. A row waits until its to-dos are done.
    """

    _name = "crm.campaign.channel.action"
    _inherit = "crm.campaign.channel"
    _description = "Mass Action Channel"

    # The address is the record itself.
    _address_column = "res_id"
    _template_channel = "email"
    _repeatable = True
    _waiting_state = "to_do"
    _fails_as_a_whole = False
    _reaches_people = False

    @api.model
    def _get_words(self):
        # EXTENDS crm_campaign — its own words
        return {
            "way": self.env._("From the Target to the Colleagues"),
            "pending": self.env._("To Do"),
            "sent": self.env._("Done"),
            "back": False,
        }

    # === DEPARTURE === #

    @api.model
    def _check_departure(self, operation):
        """Check the lines, and that the responsible may make leads."""
        operation.action_ids._assert_complete(operation.target_id.res_model)
        makes_leads = "lead" in operation.action_ids.mapped("kind")
        if makes_leads and not self.env["crm.lead"].with_user(operation.user_id).has_access(
            "create"
        ):
            raise UserError(
                self.env._("%(user)s may not create leads.", user=operation.user_id.name)
            )

    @api.model
    def _address_sql(self, query, People):
        return SQL.identifier(query.table, "id")

    @api.model
    def _eligibility_sql(self, execution, query, address):
        """Leave out the records on which no line makes anything, with the reason of the first."""
        lines = execution._get_action_lines()
        if not lines:
            return []
        responsibles = execution._read_responsibles(query)
        plan = lines._plan(self.env[execution.res_model], responsibles).values()
        made = set().union(*(assignees for assignees, _reasons in plan))
        first = {}
        for _assignees, reasons in reversed(plan):
            first.update(reasons)
        found = {}
        for record_id, reason in first.items():
            if record_id not in made:
                found.setdefault(reason, []).append(record_id)
        person = SQL.identifier(query.table, "id")
        return [(code, SQL("%s = ANY(%s)", person, ids)) for code, ids in found.items()]

    @api.model
    def _prepare_execution(self, execution):
        """Make everything for all who were frozen."""
        execution.operation_id._make_actions(execution)

    # === END === #

    @api.model
    def _finish_execution(self, execution):
        """Cancel the to-dos that are still open: the operation was cancelled."""
        if execution.state == "cancelled":
            execution.operation_id._cancel_todos()

    @api.model
    def _retry(self, recipients):
        """Nothing fails here."""

    # === BATCHES === #

    @api.model
    def _prepare_batch(self, execution, recipients):
        return dict.fromkeys(recipients.ids)

    @api.model
    def _deliver(self, execution, payloads):
        for recipient_id in payloads:
            yield recipient_id, "delivered", None
