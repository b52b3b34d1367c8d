# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, models
from odoo.tools import SQL


class CrmCampaignChannelActivity(models.AbstractModel):
    """To-dos for colleagues: one a record, for whoever is responsible of it.

    Nothing leaves: all to-dos are made in the transaction that freezes the people, so no sender
    ever claims anybody here.
    """

    _name = "crm.campaign.channel.activity"
    _inherit = "crm.campaign.channel"
    _description = "To-Do Channel"

    # The address is the colleague.
    _address_column = "assignee_id"
    _repeatable = True
    _reaches_people = False

    @api.model
    def _get_words(self):
        # EXTENDS crm_campaign — its own words
        return {
            "way": self.env._("From the Target to the Colleagues"),
            "pending": self.env._("To Make"),
            "sent": self.env._("To-Dos Made"),
            "back": False,
        }

    # === DEPARTURE === #

    @api.model
    def _address_sql(self, query, People):
        """Take the responsible of the record, as long as they work here."""
        name = self.env["crm.campaign.task"]._get_responsible_field(People._name)
        if not name:
            return SQL("NULL::int")
        user = People.sudo()._field_to_sql(query.table, name, query)
        return SQL("(SELECT u.id FROM res_users u WHERE u.id = %s AND u.active)", user)

    @api.model
    def _addressee_sql(self, query, People):
        """A colleague gets a to-do for each record."""
        return SQL("%s::varchar", SQL.identifier(query.table, "id"))

    @api.model
    def _eligibility_sql(self, execution, query, address):
        still_open = SQL(
            "EXISTS (SELECT 1 FROM mail_activity a WHERE a.active AND a.campaign_task_id = %s"
            " AND a.res_model = %s AND a.res_id = %s)",
            execution.task_id.id,
            execution.res_model,
            SQL.identifier(query.table, "id"),
        )
        return [("no_responsible", SQL("%s IS NULL", address)), ("still_open", still_open)]

    @api.model
    def _prepare_execution(self, execution):
        """Make the to-dos of all who were frozen."""
        execution.task_id._create_todos(execution)

    @api.model
    def _finish_execution(self, execution):
        """Tell the responsible of the task what was not done."""
        execution.task_id._report_run(execution)

    # === BATCHES === #

    @api.model
    def _prepare_batch(self, execution, recipients):
        """Make the to-dos of rows that wait again, after a retry."""
        execution.task_id._create_todos(execution, recipients)
        return dict.fromkeys(recipients.ids)

    @api.model
    def _deliver(self, execution, payloads):
        for recipient_id in payloads:
            yield recipient_id, "delivered", None
