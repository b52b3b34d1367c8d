# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, models
from odoo.tools import SQL


class CrmCampaignChannelPhone(models.AbstractModel):
    """Telephone: people are called one by one by the callers of the operation.

    No sender ever claims anybody here: freezing makes the calls, callers end them.
    """

    _name = "crm.campaign.channel.phone"
    _inherit = "crm.campaign.channel"
    _description = "Phone Channel"

    _address_column = "phone"
    _template_channel = False
    _consent_channel = "phone"
    _departure_fields = ("date_start", "date_end", "caller_ids")
    _repeatable = True
    _waiting_state = "to_call"
    _fails_as_a_whole = False

    @api.model
    def _get_words(self):
        # EXTENDS crm_campaign — its own words
        return {
            "way": self.env._("From the Target to the Callers"),
            "pending": self.env._("To Call"),
            "sent": self.env._("Reached"),
            "back": False,
        }

    # === DEPARTURE === #

    @api.model
    def _check_departure(self, operation):
        """Check that the script can be used."""
        if operation.script_id:
            operation.script_id._assert_ready()

    @api.model
    def _address_sql(self, query, People):
        """Take the host's number in international form, else the number as it was entered."""
        numbers = [
            SQL("NULLIF(trim(%s), '')", SQL.identifier(query.table, name))
            for name in ("phone_sanitized", "phone")
            if name in People._fields and People._fields[name].store
        ]
        return SQL("COALESCE(%s)", SQL(", ").join(numbers)) if numbers else SQL("NULL::varchar")

    @api.model
    def _eligibility_sql(self, execution, query, address):
        # The same blocklist of numbers as for SMS.
        return self.env["crm.campaign.channel.sms"]._eligibility_sql(execution, query, address)

    @api.model
    def _prepare_execution(self, execution):
        """Make the calls of all who were frozen."""
        execution.operation_id._create_calls(execution)

    # === END === #

    @api.model
    def _finish_execution(self, execution):
        """Cancel the calls that are still open: the operation was cancelled."""
        Call = self.env["crm.campaign.call"]
        condition = SQL("c.operation_id = %s", execution.operation_id.id)
        Call._cancel_rows(self.env.cr, condition, self.env._("Operation cancelled"))

    @api.model
    def _retry(self, recipients):
        """Call those again whom nobody reached."""
        self.env["crm.campaign.call"]._reopen(recipients)
