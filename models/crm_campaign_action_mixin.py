# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.rendering_tools import parse_inline_template

from ..const import ACTION_ASSIGNEES, ACTION_KINDS
from ..tools.turns import take_turns


class CrmCampaignActionMixin(models.AbstractModel):
    """What is to be made on each record of a mass action, and who gets it.

    Inherited by the lines of operations and by those of the assistant, so that its preview is
    worked out by what makes them.
    """

    _name = "crm.campaign.action.mixin"
    _description = "Mass Action Line"
    _order = "sequence, id"
    _rec_name = "summary"

    sequence = fields.Integer(default=10)
    kind = fields.Selection(ACTION_KINDS, required=True, default="todo")
    reason = fields.Char(help="Why it is done; shown in the follow-up.")
    summary = fields.Char(
        string="Subject", required=True, help="Of the to-do or the lead. Merge fields may be used."
    )
    note = fields.Text(
        string="Text", help="Instructions for the colleague. Merge fields may be used."
    )
    delay_days = fields.Integer(
        string="Due after Days",
        help="Days from the departure to the due date of to-dos, or to the expected closing of"
        " leads. 0: on the day of the departure; for leads: not known.",
    )
    # Who gets it
    assignee_rule = fields.Selection(
        ACTION_ASSIGNEES, string="Assignee", required=True, default="responsible"
    )
    user_id = fields.Many2one("res.users", string="A Given User", domain=[("share", "=", False)])
    user_ids = fields.Many2many("res.users", string="In Turn", domain=[("share", "=", False)])
    assignee_words = fields.Char(string="Who Gets It", compute="_compute_assignee_words")
    # To-dos
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        string="Action",
        ondelete="restrict",
        domain="[('res_model', 'in', (False, 'res.partner', 'crm.lead'))]",
    )
    # Leads
    team_id = fields.Many2one("crm.team", string="Sales Team", ondelete="restrict")
    tag_ids = fields.Many2many("crm.tag", string="Tags")
    stage_id = fields.Many2one(
        "crm.stage",
        ondelete="restrict",
        domain="['|', ('team_ids', '=', False), ('team_ids', 'in', team_id)]",
        help="Empty: the first one of the team.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    expected_revenue = fields.Monetary(help="Of each lead.")

    _delay_positive = models.Constraint("CHECK(delay_days >= 0)", "Days are never negative.")

    # === COMPUTE METHODS === #

    @api.depends_context("company")
    def _compute_currency_id(self):
        """Amounts of leads are in the currency of their company."""
        for line in self:
            line.currency_id = line._get_company().currency_id

    @api.depends("assignee_rule", "user_id", "user_ids")
    def _compute_assignee_words(self):
        rules = dict(self._fields["assignee_rule"]._description_selection(self.env))
        for line in self:
            names = {
                "user": line.user_id.name,
                "turn": self.env._("%s in turn", ", ".join(line.user_ids.mapped("name"))),
            }
            line.assignee_words = names.get(line.assignee_rule) or rules.get(line.assignee_rule)

    # === CONSTRAINTS === #

    @api.constrains("summary", "note")
    def _check_merge_fields(self):
        """Allow merge fields and nothing else: they are looked up, never evaluated."""
        allowed = set(self.env["crm.campaign.recipient"].mail_allowed_qweb_expressions())
        for line in self:
            for text in (line.summary, line.note):
                for _literal, expression, _default in parse_inline_template(text or ""):
                    if expression and expression.strip() not in allowed:
                        template = self.env["crm.campaign.template"]
                        raise ValidationError(template._describe_unknown_field(expression))

    # === BUSINESS METHODS === #

    def _get_company(self):
        """Return the company in which the line makes something.

        :rtype: res.company
        """
        return self.env.company

    def _assert_complete(self, model):
        """Check that lines say all that a departure needs.

        :param str model: of the records
        :raise UserError: the first line that lacks something
        """
        if not self:
            raise UserError(self.env._("Say what is to be made: add an action."))
        for line in self:
            if problem := line._find_problem(model):
                raise UserError(
                    self.env._(
                        "“%(line)s”: %(problem)s",
                        line=line.summary or line.display_name,
                        problem=problem,
                    )
                )

    def _find_problem(self, model):
        """Say in words what the line lacks.

        :param str model: of the records
        :rtype: str | None
        """
        self.ensure_one()
        if self.kind == "todo":
            if not self.activity_type_id:
                return self.env._("choose the kind of action.")
            if self.activity_type_id.res_model not in (False, model):
                return self.env._("this kind of action is not made for these records.")
        elif model != "res.partner":
            return self.env._("new leads are made on companies and contacts only.")
        if self.assignee_rule == "user" and not self.user_id:
            return self.env._("choose the user.")
        if self.assignee_rule == "turn" and not self.user_ids:
            return self.env._("choose who gets them in turn.")
        if self.assignee_rule == "nobody" and self.kind == "todo":
            return self.env._("a to-do is somebody's.")
        return None

    # === BUSINESS METHODS - ASSIGNEES === #

    def _plan(self, People, responsibles):
        """Say who gets what of each line, and why nobody does.

        :param People: empty recordset of the records' model
        :param dict responsibles: record id -> user id of who is responsible, or None; in order
        :return: line id -> (record id -> user id, False = nobody is to; record id -> reason)
        :rtype: dict[int, tuple[dict[int, int | bool], dict[int, str]]]
        """
        seen = {}
        return {line.id: line._assign(People, responsibles, seen) for line in self}

    def _assign(self, People, responsibles, seen):
        """Say who gets what of one line; see ``_plan``.

        :param dict seen: user id -> records that they may see, filled in as needed
        """
        self.ensure_one()
        reasons = dict.fromkeys(self._find_still_open(People._name, responsibles), "still_open")
        wanted = {
            record_id: user_id
            for record_id, user_id in responsibles.items()
            if record_id not in reasons
        }
        if self.assignee_rule == "nobody":
            return dict.fromkeys(wanted, False), reasons
        turn = self._get_turn(wanted)
        allowed = {
            user_id: self._find_seen(People, user_id, responsibles, seen) for user_id in turn
        }
        if self.assignee_rule == "responsible":
            chosen = {
                record_id: user_id if user_id and record_id in allowed[user_id] else None
                for record_id, user_id in wanted.items()
            }
        else:
            chosen = take_turns(wanted, turn, allowed)
        for record_id, user_id in chosen.items():
            if not user_id:
                orphan = self.assignee_rule == "responsible" and not wanted[record_id]
                reasons[record_id] = "no_responsible" if orphan else "no_right"
        return {key: user_id for key, user_id in chosen.items() if user_id}, reasons

    def _get_turn(self, wanted):
        """Return the ids of all users who may get something of the line.

        :rtype: list[int]
        """
        if self.assignee_rule == "responsible":
            return sorted({user_id for user_id in wanted.values() if user_id})
        return self.user_id.ids if self.assignee_rule == "user" else self.user_ids.ids

    def _find_seen(self, People, user_id, record_ids, seen):
        """Find the records that a user may see in the company of the line.

        :param seen: of ``_plan``
        :rtype: set[int]
        """
        key = (user_id, self.kind)
        if key not in seen:
            company = self._get_company()
            # Superuser: where a colleague works, and whether they still do.
            user = self.env["res.users"].sudo().browse(user_id)
            seen[key] = set()
            if user.active and not user.share and company in user.company_ids:
                People = People.with_user(user_id).with_context(
                    allowed_company_ids=company.ids, active_test=False
                )
                kinds = [People, *([People.env["crm.lead"]] if self.kind == "lead" else [])]
                if all(records.has_access("read") for records in kinds):
                    seen[key] = self._search_seen(People, record_ids, seen)
        return seen[key]

    @api.model
    def _search_seen(self, People, record_ids, seen):
        """Search the records that the user of ``People`` may see, once for all with equal rules.

        :param seen: of ``_plan``
        :rtype: set[int]
        """
        rules = repr(People.env["ir.rule"]._compute_domain(People._name, "read"))
        if type(People)._search is not models.BaseModel._search:
            rules = f"{People.env.uid} {rules}"  # who knows what else the model looks at
        if rules not in seen:
            seen[rules] = set(People._search([("id", "in", list(record_ids))]))
        return seen[rules]

    def _find_still_open(self, model, record_ids):
        """Find the records that have the same to-do already: same action and same subject.

        :rtype: set[int]
        """
        if self.kind != "todo":
            return set()
        # Superuser: to-dos of operations that others are responsible of count too.
        rows = (
            self.env["crm.campaign.action.todo"]
            .sudo()
            ._read_group(
                [
                    ("state", "in", ("open", "suspended")),
                    ("res_model", "=", model),
                    ("res_id", "in", list(record_ids)),
                    ("action_id.activity_type_id", "=", self.activity_type_id.id),
                    ("action_id.summary", "=", self.summary),
                ],
                ["res_id"],
            )
        )
        return {record_id for (record_id,) in rows}
