# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

# Figure -> states of the to-dos behind it.
FIGURES = {
    "created": ("open", "suspended", "done", "cancelled"),
    "open": ("open",),
    "done": ("done",),
    "cancelled": ("cancelled",),
    "suspended": ("suspended",),
    "finished": ("done", "cancelled"),
}


class CrmCampaignOperation(models.Model):
    """Mass actions: an operation that makes to-dos and leads instead of sending something."""

    _inherit = "crm.campaign.operation"

    # Context of the pages to print: lost leads too; companies have a column of their own.
    _page_context = {"active_test": False, "partner_display_name_hide_company": True}

    channel = fields.Selection(
        selection_add=[("action", "To-Dos and Leads")], ondelete={"action": "cascade"}
    )
    action_ids = fields.One2many("crm.campaign.action", "operation_id", string="Actions", copy=True)
    todo_ids = fields.One2many(
        "crm.campaign.action.todo", "operation_id", string="Follow-Up of Actions"
    )
    obtained_lead_ids = fields.One2many(
        "crm.lead",
        "campaign_operation_id",
        string="Leads Obtained",
        context={"active_test": False},
    )
    obtained_lead_count = fields.Integer(
        string="Leads Created", compute="_compute_obtained_lead_count"
    )
    todo_created_count = fields.Integer(string="Actions Created", compute="_compute_todo_totals")
    todo_open_count = fields.Integer(string="Actions To Do", compute="_compute_todo_totals")
    todo_done_count = fields.Integer(string="Actions Done", compute="_compute_todo_totals")
    todo_cancelled_count = fields.Integer(
        string="Actions Cancelled", compute="_compute_todo_totals"
    )
    todo_suspended_count = fields.Integer(
        string="Actions Suspended", compute="_compute_todo_totals"
    )
    todo_finished_count = fields.Integer(
        string="Actions Finished",
        compute="_compute_todo_totals",
        help="Done or cancelled: nothing is left to do.",
    )

    # === COMPUTE METHODS === #

    def _compute_todo_totals(self):
        counts = {
            (operation.id, state): count
            for operation, state, count in self.env["crm.campaign.action.todo"]._read_group(
                [("operation_id", "in", self.ids)], ["operation_id", "state"], ["__count"]
            )
        }
        for operation in self:
            for figure, states in FIGURES.items():
                operation[f"todo_{figure}_count"] = sum(
                    counts.get((operation._origin.id, state), 0) for state in states
                )

    def _compute_obtained_lead_count(self):
        # Superuser: a number; which of the leads one sees is the host's business.
        Lead = self.env["crm.lead"].sudo().with_context(active_test=False)
        groups = Lead._read_group(
            [("campaign_operation_id", "in", self.ids)], ["campaign_operation_id"], ["__count"]
        )
        counts = {operation.id: count for operation, count in groups}
        for operation in self:
            operation.obtained_lead_count = counts.get(operation._origin.id, 0)

    # === CONSTRAINTS AND ONCHANGE METHODS === #

    @api.constrains("operation_type", "channel")
    def _check_action_channel(self):
        for operation in self:
            if (operation.operation_type == "mass_action") != (operation.channel == "action"):
                raise ValidationError(
                    self.env._(
                        "“%(name)s”: mass actions make to-dos and leads, and nothing else does.",
                        name=operation.name,
                    )
                )

    @api.onchange("operation_type")
    def _onchange_operation_type(self):
        # EXTENDS crm_campaign — a mass action has one channel
        done = super()._onchange_operation_type()
        if self.operation_type == "mass_action":
            self.channel = "action"
        elif self.channel == "action":
            self.channel = "email"
        return done

    # === ACTION METHODS === #

    def action_suspend(self):
        # EXTENDS crm_campaign — colleagues have these to-dos no longer
        done = super().action_suspend()
        self._suspend_todos()
        return done

    def action_resume(self):
        # EXTENDS crm_campaign — and have them again
        done = super().action_resume()
        self._resume_todos()
        return done

    def action_ask_resume(self):
        # EXTENDS crm_campaign — to-dos are simply put back
        self.ensure_one()
        if self.operation_type == "mass_action":
            return self.action_resume()
        return super().action_ask_resume()

    def action_view_todos(self):
        """Open the follow-up; context: ``todo_figure``, a figure of the summary.

        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_campaign_action_todo_action"
        )
        states = FIGURES[self.env.context.get("todo_figure", "created")]
        domain = [("operation_id", "=", self.id), ("state", "in", states)]
        return {**action, "domain": domain, "context": {"todo_operation_id": self.id}}

    def action_view_obtained_leads(self):
        """Open the leads that the operation created.

        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_lead_action_obtained"
        )
        return {
            **action,
            "domain": [("campaign_operation_id", "=", self.id)],
            "context": {"active_test": False},
        }

    def action_print_todos(self):
        """Hand the follow-up over as a file; context: ``file_format``, see ``_export_page``."""
        return self._export_page("follow_up")

    def action_print_leads(self):
        """Hand the leads obtained over as a file; context: ``file_format``."""
        return self._export_page("leads")

    def _export_page(self, page):
        """Open a page to print, or download it; context: ``file_format`` (html, csv, xlsx).

        :param str page: one of ``_get_pages``
        :rtype: dict
        """
        self.ensure_one()
        file_format = self.env.context.get("file_format", "html")
        return {
            "type": "ir.actions.act_url",
            "url": f"/crm_campaign/operation/{self.id}/{page}.{file_format}",
            "target": "new" if file_format == "html" else "download",
        }

    # === BUSINESS METHODS - PAGES === #

    def _get_pages(self):
        """Describe the pages to print. Extended by integrators, who add columns.

        :return: page -> title, model, domain and names of the fields that are columns
        :rtype: dict[str, tuple[str, str, list, list[str]]]
        """
        follow_up = ["activity_type_id", "reason", "summary", "sender_id", "user_id"]
        follow_up += ["date_deadline", "company_partner_id", "zip", "city", "phone", "partner_id"]
        follow_up += ["direct_line", "mobile", "email", "done_at", "report", "cancelled_at"]
        leads = ["team_id", "obtained_market", "user_id", "stage_id", "date_deadline"]
        leads += ["expected_revenue", "obtained_company_id", "partner_id", "probability"]
        leads += ["obtained_comment", "obtained_closed_at", "lost_reason_id", "create_date"]
        # Not among the names of fields, which would be exported as words to translate.
        titles = self.env._("Follow-Up of Actions"), self.env._("Leads Obtained")
        return {
            "follow_up": (
                titles[0],
                "crm.campaign.action.todo",
                [("operation_id", "in", self.ids)],
                [*follow_up, "created_at"],
            ),
            "leads": (
                titles[1],
                "crm.lead",
                [("campaign_operation_id", "in", self.ids)],
                leads,
            ),
        }

    @api.model
    def _get_row_class(self, record):
        """Name the colour of a line: green when done or won, red when cancelled or lost.

        :rtype: str | None
        """
        state = record.won_status if record._name == "crm.lead" else record.state
        colours = {
            "done": "o_done",
            "won": "o_done",
            "cancelled": "o_cancelled",
            "lost": "o_cancelled",
        }
        return colours.get(state)

    # === BUSINESS METHODS === #

    def _get_departure_fields(self):
        # EXTENDS crm_campaign — a mass action has no text and asks nobody's consent
        if self.operation_type != "mass_action":
            return super()._get_departure_fields()
        return ["target_id"]

    def _suspend_todos(self):
        """Withdraw the open to-dos from their colleagues."""
        self._withdraw_todos(SQL("state = 'suspended'"), ("open",))

    def _cancel_todos(self):
        """Cancel the to-dos that are still to be done, suspended ones too."""
        self._withdraw_todos(
            SQL("state = 'cancelled', cancelled_at = %s", fields.Datetime.now()),
            ("open", "suspended"),
        )
        operations = SQL("operation_id IN %s", tuple(self.ids) or (None,))
        self.env["crm.campaign.action.todo"]._settle_people(operations)

    def _withdraw_todos(self, assignments, states):
        """Take activities away, keeping in the follow-up what they said.

        :param SQL assignments: the SET clause of the follow-up's rows
        :param tuple states: states of the rows that are withdrawn
        """
        operations = self.filtered(lambda operation: operation.operation_type == "mass_action")
        if not operations:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE crm_campaign_action_todo SET %s"
                " WHERE operation_id IN %s AND state IN %s RETURNING id",
                assignments,
                tuple(operations.ids),
                states,
            )
        )
        ids = [row_id for (row_id,) in self.env.cr.fetchall()]
        self.env["crm.campaign.action.todo"].invalidate_model()
        # Superuser: activities of colleagues; the right on the operation was checked by the button.
        Activity = self.env["mail.activity"].sudo()
        Activity.search([("campaign_todo_id", "in", ids)]).unlink()

    def _resume_todos(self):
        """Give the suspended to-dos back: same colleague, same due date."""
        operations = self.filtered(lambda operation: operation.operation_type == "mass_action")
        if not operations:
            return
        self.env.cr.execute(
            SQL(
                "UPDATE crm_campaign_action_todo SET state = 'open'"
                " WHERE operation_id IN %s AND state = 'suspended'",
                tuple(operations.ids),
            )
        )
        self.env["crm.campaign.action.todo"].invalidate_model()
        for operation in operations:
            operation._put_up_todos()
