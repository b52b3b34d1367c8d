# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import (
    OFFSET_DIRECTIONS,
    REPEAT_RULES,
    TASK_ACTIONS,
    TASK_KINDS,
    TASK_STATUSES,
)

# Who gets what from whom.
CRITICAL_FIELDS = {
    *("company_id", "user_id", "action", "type_id", "offset_days", "offset_direction"),
    *("date_field", "stage_id", "target_id", "template_id", "purpose_id", "email_from"),
    *("reply_to", "repeat_rule", "repeat_days", "activity_type_id", "todo_summary"),
    *("todo_note", "todo_priority", "deadline_days", "daily_cap"),
}


class CrmCampaignTask(models.Model):
    """Something that repeats by itself: a message to clients, or a to-do for colleagues.

    Each due moment, or each event, makes one execution, whose people are frozen with the rights of
    the responsible. Switching it on and off is in ``crm_campaign_task_switch``, when it is due in
    ``…_schedule``, how it runs in ``…_running``, whom it concerns in ``…_selection``, events in
    ``…_event`` and ``…_automation``, to-dos in ``…_colleague``. Written by marketing users.
    """

    _name = "crm.campaign.task"
    _description = "Automatic Task"
    _inherit = ["crm.campaign.sender.mixin"]
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(string="Event", required=True, tracking=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(TASK_KINDS, required=True, default="client", readonly=True)
    action = fields.Selection(
        TASK_ACTIONS,
        string="Type",
        compute="_compute_action",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    member_ids = fields.Many2many("res.users", string="Shared With", domain=[("share", "=", False)])
    description = fields.Text()
    # Who and what
    type_id = fields.Many2one(
        "crm.campaign.task.type",
        string="Trigger",
        ondelete="restrict",
        domain=[("is_available", "=", True)],
        tracking=True,
        help="What makes the task concern somebody. Empty: everybody of the target, at each run.",
    )
    trigger = fields.Selection(related="type_id.trigger", string="Kind of Trigger")
    icon = fields.Char(string="Trigger Icon", related="type_id.icon")
    needs_offset = fields.Boolean(related="type_id.needs_offset")
    needs_date_field = fields.Boolean(related="type_id.needs_date_field")
    needs_stage = fields.Boolean(related="type_id.needs_stage")
    offset_days = fields.Integer(
        string="Days", compute="_compute_offset", store=True, precompute=True, readonly=False
    )
    offset_direction = fields.Selection(
        OFFSET_DIRECTIONS, compute="_compute_offset", store=True, precompute=True, readonly=False
    )
    # Not a record of the host's list of fields, which marketing users may not read.
    date_field = fields.Selection(
        lambda self: self._selection_date_field(),
        string="Date",
        help="Stored dates of the records that the task is for.",
    )
    stage_id = fields.Many2one("crm.stage", string="Stage Reached", ondelete="restrict")
    # Superuser: the name of a model, of a target that whoever shares the task may not read.
    res_model = fields.Char(string="Model", compute="_compute_res_model", compute_sudo=True)
    target_id = fields.Many2one(
        "crm.campaign.target",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        domain="[('res_model', '=', res_model)] if type_id else []",
        tracking=True,
    )
    template_id = fields.Many2one(
        domain="[('channel', '=', action), ('source_id', '=', False),"
        " '|', ('task_type_ids', '=', False), ('task_type_ids', '=', type_id)]",
    )
    repeat_rule = fields.Selection(
        REPEAT_RULES,
        string="Repetition",
        required=True,
        default="each",
        tracking=True,
        help="Whether somebody whom a run reached is part of the next ones: always, never, or "
        "after some days.",
    )
    repeat_days = fields.Integer(string="After How Many Days", default=30)
    # Superuser: as for res_model.
    reaches_everybody = fields.Boolean(compute="_compute_reaches_everybody", compute_sudo=True)
    # On or off
    enabled = fields.Boolean(copy=False, tracking=True)
    status = fields.Selection(TASK_STATUSES, compute="_compute_status")
    error_message = fields.Char(readonly=True, copy=False)

    _repeat_days_positive = models.Constraint(
        "CHECK(repeat_rule != 'after' OR repeat_days > 0)",
        "Choose after how many days somebody is reached again: one at least.",
    )
    _offset_positive = models.Constraint(
        "CHECK(offset_days >= 0)", "A number of days is never negative: choose before or after."
    )

    # === COMPUTE METHODS === #

    @api.model
    def _selection_date_field(self):
        """List the dates that the user may read, of the records that types are for.

        :return: pairs of ``<model>:<field>`` and label; the name of the model follows where it is
            not the contact
        :rtype: list[tuple[str, str]]
        """
        models_by_kind = self.env["crm.campaign.target"]._get_models_by_kind()
        choices = []
        for model in dict.fromkeys(models_by_kind.values()):
            suffix = "" if model == "res.partner" else f" ({self.env[model]._description})"
            choices += [
                (f"{model}:{name}", f"{field._description_string(self.env)}{suffix}")
                for name, field in self.env[model]._fields.items()
                if field.type in ("date", "datetime")
                and field.store
                and self.env[model]._has_field_access(field, "read")
            ]
        return sorted(choices, key=lambda choice: choice[1])

    @api.depends("kind")
    def _compute_action(self):
        for task in self:
            if task.kind == "colleague":
                task.action = "activity"
            elif task.action in (False, "activity"):
                task.action = "email"

    @api.depends("type_id")
    def _compute_offset(self):
        for task in self:
            task.offset_days = task.type_id.offset_days
            task.offset_direction = task.type_id.offset_direction or "before"

    @api.depends("type_id", "target_id")
    def _compute_res_model(self):
        for task in self:
            task.res_model = (
                task.type_id._get_person_model() if task.type_id else task.target_id.res_model
            )

    @api.depends("kind", "trigger", "repeat_rule", "target_id")
    def _compute_reaches_everybody(self):
        """Tell that the same people are written to at each run, which few mean to do."""
        for task in self:
            task.reaches_everybody = (
                task.kind == "client"
                and bool(task.target_id)
                and task.trigger in (False, "target")
                and task.repeat_rule == "each"
                and "today" not in (task.target_id.domain or "")
                and "birthday" not in (task.target_id.domain or "")
            )

    @api.depends("enabled", "error_message", "next_run", "trigger")
    def _compute_status(self):
        for task in self:
            if task.error_message:
                task.status = "error"
            elif not task.enabled:
                task.status = "off"
            else:
                task.status = "on" if task.next_run or task._is_immediate() else "ended"

    # === CONSTRAINTS AND ONCHANGE METHODS === #

    @api.constrains("action", "kind")
    def _check_action(self):
        for task in self:
            if (task.action == "activity") != (task.kind == "colleague"):
                raise ValidationError(
                    self.env._("Clients get messages, colleagues get to-dos: “%s”.", task.name)
                )

    @api.constrains("action", "template_id")
    def _check_template_channel(self):
        for task in self:
            if task.template_id and task.template_id.channel != task.action:
                raise ValidationError(
                    self.env._(
                        "Template “%(template)s” is not made for this channel.",
                        template=task.template_id.name,
                    )
                )

    @api.constrains("type_id", "target_id")
    def _check_target_model(self):
        for task in self:
            if task.type_id and task.target_id and task.target_id.res_model != task.res_model:
                raise ValidationError(
                    self.env._(
                        "“%(type)s” is not about the records of target “%(target)s”.",
                        type=task.type_id.name,
                        target=task.target_id.name,
                    )
                )

    @api.constrains("type_id", "date_field")
    def _check_date_field(self):
        for task in self.filtered("needs_date_field"):
            if task.date_field and task.date_field.partition(":")[0] != task.res_model:
                raise ValidationError(
                    self.env._("“%s”: choose a date of the records that it is for.", task.name)
                )

    @api.onchange("type_id", "action")
    def _onchange_type_id(self):
        """Propose what suits the type: its pre-written template, everybody as target."""
        if self.template_id and self.template_id.channel != self.action:
            self.template_id = False
        if not self.type_id:
            return
        if not self.template_id:
            lang = self.company_id.partner_id.lang or self.env.lang
            self.template_id = self.type_id._find_template(self.action, lang)
        if self.target_id.res_model != self.type_id._get_person_model():
            self.target_id = self._find_everybody()

    def _find_everybody(self):
        """Return the target of all records of the type's kind, where there is one.

        :rtype: odoo.models.Model
        """
        kinds = {
            "res.partner": "crm_campaign.crm_campaign_target_all_partners",
            "crm.lead": "crm_campaign.crm_campaign_target_all_leads",
        }
        name = kinds.get(self.type_id._get_person_model())
        everybody = name and self.env.ref(name, raise_if_not_found=False)
        return everybody if everybody and everybody.active else self.env["crm.campaign.target"]

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._assert_may_designate(vals)
        enabled = [vals.pop("enabled", False) for vals in vals_list]
        tasks = super().create(vals_list)
        tasks.browse(
            task.id for task, is_on in zip(tasks, enabled, strict=True) if is_on
        ).enabled = True
        return tasks

    def write(self, vals):
        self._assert_may_designate(vals)
        changed = self._get_running(vals)
        for task in changed:
            task._assert_may_switch_on()
        started = self.filtered(lambda task: not task.enabled) if vals.get("enabled") else self[:0]
        stopped = self.filtered("enabled") if self._stops(vals) else self[:0]
        if started:
            vals = {**vals, "error_message": False}
        done = super().write(vals)
        for task in changed:
            task._assert_complete()
        started._start()
        if stopped:
            stopped._stop()
        if not started and not stopped:
            self._follow_change(vals)
        return done

    def _get_running(self, vals):
        """Return the tasks that are on, stay on, and change in who gets what from whom.

        Who changes them uses the rights of the responsible as much as who switches them on.
        """
        if not set(vals) & CRITICAL_FIELDS or self._stops(vals) or self.env.su:
            return self.browse()
        return self.filtered("enabled")

    @api.model
    def _stops(self, vals):
        """Tell whether values switch a task off; one that breaks leaves its earlier runs alone."""
        off = not vals.get("enabled", True) or not vals.get("active", True)
        return off and not vals.get("error_message")

    def copy_data(self, default=None):
        # EXTENDS base — a copy says so in its name
        vals_list = super().copy_data(default)
        is_manager = self.env.user.has_group("crm_campaign.crm_campaign_group_manager")
        for task, vals in zip(self, vals_list, strict=True):
            if "name" not in (default or {}):
                vals["name"] = self.env._("%s (copy)", task.name)
            if not is_manager:
                vals["user_id"] = self.env.uid
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_run(self):
        # Superuser: runs count, whoever may see them.
        ran = self.sudo().filtered("execution_ids")
        if ran:
            raise UserError(
                self.env._(
                    "“%(name)s” cannot be deleted: it ran before. Archive it instead.",
                    name=ran[0].name,
                )
            )

    # === ACTION METHODS === #

    def action_toggle(self):
        """Switch the task on or off."""
        for task in self:
            task.enabled = not task.enabled

    def action_edit_periodicity(self):
        """Open frequency, time of day and periods in a dialog."""
        self.ensure_one()
        view = self.env.ref("crm_campaign.crm_campaign_task_view_form_periodicity")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Periodicity of “%s”", self.name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "new",
        }

    def action_check_run(self):
        """List the records that a run right now would concern.

        :raise UserError: something is missing
        """
        self.ensure_one()
        self._get_departure_execution()
        return {
            **self.target_id.action_view_records(),
            "name": self.env._("“%s”: who now?", self.name),
            "domain": [("campaign_departure", "in", [f"task-{self.id}:included"])],
        }
