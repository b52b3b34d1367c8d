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


class CrmCampaignTask(models.Model):
    """Something that repeats by itself: a message to clients, or a to-do for colleagues.

    Each due moment, or each event, makes one execution, whose people are frozen with the rights of
    the responsible. When it is due is in ``crm_campaign_task_schedule``, how it runs in
    ``…_running``, whom it concerns in ``…_selection``, events in ``…_event`` and ``…_automation``,
    to-dos in ``…_colleague``. Written by marketing users.
    """

    _name = "crm.campaign.task"
    _description = "Automatic Task"
    _inherit = ["mail.thread"]
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
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        index=True,
        tracking=True,
        help="The target is evaluated and the messages are written with the rights of this user.",
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
    date_field_id = fields.Many2one(
        "ir.model.fields",
        string="Date",
        ondelete="cascade",
        domain="[('model', '=', res_model), ('ttype', 'in', ('date', 'datetime')),"
        " ('store', '=', True)]",
    )
    stage_id = fields.Many2one("crm.stage", string="Stage Reached", ondelete="restrict")
    res_model = fields.Char(string="Model", compute="_compute_res_model")
    target_id = fields.Many2one(
        "crm.campaign.target",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        domain="[('res_model', '=', res_model)] if type_id else []",
        tracking=True,
    )
    template_id = fields.Many2one(
        "crm.campaign.template",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('channel', '=', action), ('source_id', '=', False),"
        " '|', ('task_type_ids', '=', False), ('task_type_ids', '=', type_id)]",
        tracking=True,
    )
    purpose_id = fields.Many2one(
        "crm.campaign.purpose",
        compute="_compute_purpose_id",
        store=True,
        precompute=True,
        readonly=False,
        ondelete="restrict",
        tracking=True,
    )
    email_from = fields.Char(
        string="From",
        compute="_compute_email_from",
        store=True,
        precompute=True,
        readonly=False,
        copy=False,
    )
    reply_to = fields.Char(help="Empty: answers go to the sender's address.")
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
    reaches_everybody = fields.Boolean(compute="_compute_reaches_everybody")
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

    @api.depends("template_id")
    def _compute_purpose_id(self):
        for task in self:
            task.purpose_id = task.template_id.purpose_id or task.purpose_id

    @api.depends("user_id")
    def _compute_email_from(self):
        for task in self:
            task.email_from = task.user_id.email_formatted

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
        Operation = self.env["crm.campaign.operation"]
        for vals in vals_list:
            Operation._assert_may_designate(vals)
        enabled = [vals.pop("enabled", False) for vals in vals_list]
        tasks = super().create(vals_list)
        tasks.browse(
            task.id for task, is_on in zip(tasks, enabled, strict=True) if is_on
        ).enabled = True
        return tasks

    def write(self, vals):
        self.env["crm.campaign.operation"]._assert_may_designate(vals)
        started = self.filtered(lambda task: not task.enabled) if vals.get("enabled") else self[:0]
        stopped = self.filtered("enabled") if self._stops(vals) else self[:0]
        if started:
            vals = {**vals, "error_message": False}
        done = super().write(vals)
        started._start()
        stopped._stop()
        if not started and not stopped:
            self._follow_change(vals)
        return done

    @api.model
    def _stops(self, vals):
        """Tell whether values switch a task off; one that breaks leaves its earlier runs alone."""
        off = not vals.get("enabled", True) or not vals.get("active", True)
        return off and not vals.get("error_message")

    def copy_data(self, default=None):
        # EXTENDS base — a copy says so in its name
        vals_list = super().copy_data(default)
        if "name" not in (default or {}):
            for task, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%s (copy)", task.name)
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

    # === BUSINESS METHODS - ON AND OFF === #

    def _start(self):
        """Check that everything is there, and wait for the next due moment.

        :raise UserError: says what is missing
        """
        for task in self:
            task._assert_may_switch_on()
            task._assert_complete()
            # What was noted while nobody saw that it was off.
            task._forget_events()
            task._schedule()

    def _stop(self):
        """Wait for nothing any more; what was about to leave does not leave."""
        for task in self.filtered("enabled"):
            task.enabled = False
        # Superuser: users only read executions; the right on the tasks was checked by the write.
        tasks_sudo = self.sudo()
        tasks_sudo.next_run = False
        tasks_sudo._forget_events()
        tasks_sudo.execution_ids._cancel_runs(self.env._("The task was switched off"))

    def _assert_may_switch_on(self):
        """Refuse that a user makes messages leave with the rights of another one.

        :raise UserError: the user is neither the responsible nor a marketing manager
        """
        user = self.env.user
        is_manager = user.has_group("crm_campaign.crm_campaign_group_manager")
        if not (self.env.su or user == self.user_id or is_manager):
            raise UserError(
                self.env._(
                    "Only %(user)s or a marketing manager may switch “%(name)s” on: its target is "
                    "evaluated with the rights of the responsible.",
                    user=self.user_id.name,
                    name=self.name,
                )
            )

    def _assert_complete(self):
        """Check everything that a run needs, as the responsible user.

        :raise UserError: says what is missing, in the user's language
        """
        self.ensure_one()
        missing = [
            self._fields[name]._description_string(self.env)
            for name in self._get_required_fields()
            if not self[name]
        ]
        if missing:
            raise UserError(
                self.env._(
                    "“%(name)s” cannot be switched on yet. Missing: %(fields)s.",
                    name=self.name,
                    fields=", ".join(missing),
                )
            )
        self._assert_available()
        self.target_id._evaluated_by(self.user_id, self.company_id)
        if self.kind == "client":
            self.template_id._assert_content()

    def _assert_available(self):
        """Check that the app that the type is about is installed.

        :raise UserError: it is not
        """
        if self.type_id and not self.type_id.is_available:
            raise UserError(
                self.env._("“%(type)s” needs an app that is not installed.", type=self.type_id.name)
            )

    def _get_required_fields(self):
        """Name the fields without which a task cannot run. Extended by integrators.

        :rtype: list[str]
        """
        self.ensure_one()
        names = ["target_id", "date_start"]
        names += ["template_id", "purpose_id"] if self.kind == "client" else ["activity_type_id"]
        names += ["email_from"] if self.action == "email" else []
        names += ["date_field_id"] if self.needs_date_field else []
        names += ["stage_id"] if self.needs_stage else []
        return names

    def _set_error(self, message):
        """Switch the task off because it cannot run, and tell its responsible."""
        for task in self:
            # Superuser: written by the job.
            task.sudo().write({"enabled": False, "next_run": False, "error_message": message})
            task._tell_owner(self.env._("The automatic task stopped"), message)
