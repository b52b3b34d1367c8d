# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL


class CrmCampaignOperation(models.Model):
    """What a departure would give right now: the waterfall, before anything is written.

    The same statement as freezing, counted instead of stored, so both figures are equal as long
    as nobody changes anything in between.
    """

    _inherit = "crm.campaign.operation"

    # === ACTION METHODS === #

    def action_check_departure(self):
        """Show who would receive, and why the others would not.

        :rtype: dict
        """
        self.ensure_one()
        check = self.env["crm.campaign.operation.check"].create({"operation_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Departure of “%s”", self.name),
            "res_model": check._name,
            "res_id": check.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},  # eight figures in a line
        }

    # === BUSINESS METHODS === #

    def _get_departure_execution(self):
        """Return the execution that a departure would make, without making it.

        :raise UserError: the operation lacks what a departure needs
        """
        self.ensure_one()
        self._assert_may_dispatch()
        if not (self.target_id and self.channel):
            raise UserError(self.env._("Choose a target for “%s” first.", self.name))
        # Superuser: the target is evaluated as the responsible, whom the user is or stands for.
        return (
            self.env["crm.campaign.execution"]
            .sudo()
            .new({**self._prepare_execution_vals(), "operation_id": self.id})
        )

    def _get_departure_figures(self):
        """Count who is targeted, who is left out for each reason, and who would receive.

        :return: ``{"targeted": n, "included": n, reason: n, …}``, reasons that occur only, in the
            order of the checks
        :rtype: dict[str, int]
        """
        execution = self._get_departure_execution()
        counts = dict(
            self.env.execute_query(
                SQL(
                    "SELECT exclusion, count(*) FROM (%s) AS frozen GROUP BY exclusion",
                    execution._get_frozen_sql(),
                )
            )
        )
        return {
            "targeted": sum(counts.values()),
            **{
                code: counts[code]
                for code in self.env["crm.campaign.recipient"]._get_exclusions()
                if code in counts
            },
            "included": counts.get(None, 0),
        }

    @api.model
    def _get_departure_domain(self, figure):
        """Give the records behind a figure of the waterfall.

        :param str figure: ``<operation id>:<reason>``, ``:targeted`` or ``:included``;
            ``task-<task id>:…`` for what a run of an automatic task would give
        :return: domain over the target's model
        :rtype: Domain
        :raise UserError: no such figure
        """
        owner_id, _colon, reason = str(figure).partition(":")
        owner = self
        if owner_id.startswith("task-"):
            owner, owner_id = self.env["crm.campaign.task"], owner_id.removeprefix("task-")
        if not owner_id.isdigit() or reason not in (
            "targeted",
            "included",
            *self.env["crm.campaign.recipient"]._get_exclusions(),
        ):
            raise UserError(self.env._("There is no such figure: %s", figure))
        execution = owner.browse(int(owner_id))._get_departure_execution()
        condition = {
            "targeted": SQL("TRUE"),
            "included": SQL("exclusion IS NULL"),
        }.get(reason, SQL("exclusion = %s", reason))
        return Domain(
            "id",
            "in",
            SQL(
                "(SELECT person_id FROM (%s) AS frozen WHERE %s)",
                execution._get_frozen_sql(),
                condition,
            ),
        )
