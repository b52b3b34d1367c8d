# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..const import OFFSET_DIRECTIONS, TASK_EVENTS, TASK_TRIGGERS, TASK_TYPE_GROUPS

# What must be there for a type to be of use.
PATH_FIELDS = (
    "source_model",
    "app",
    "source_domain",
    "person_path",
    "person_domain",
    "company_path",
    "date_path",
    "needs_date_field",
    "trigger",
    "event",
    "event_field",
    "record_kind",
)
# What automation rules are made of.
EVENT_FIELDS = ("event", "event_field", "event_value", "event_from")


class CrmCampaignTaskType(models.Model):
    """What makes an automatic task concern somebody: a date, an anniversary, an event.

    A catalogue of records: an integrator adds a type with data alone. What happens may happen to
    the person or to a *source*, such as a meeting or an invoice, from which ``person_path`` leads
    to the person. Models are named by text, so that a type may stand here for an app that is not
    installed: it is not offered then, nor when a field that it names is gone. Written by marketing
    managers.
    """

    _name = "crm.campaign.task.type"
    _description = "Automatic Task Type"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=50)
    group = fields.Selection(TASK_TYPE_GROUPS, required=True, default="follow_up")
    icon = fields.Char(
        default="fa-clock-o", help="Name of an icon of Font Awesome, such as fa-birthday-cake."
    )
    description = fields.Text(translate=True)
    record_kind = fields.Selection(
        lambda self: (
            self.env["crm.campaign.target"]._fields["record_kind"]._description_selection(self.env)
        ),
        string="Kind of Record",
        required=True,
        default="partner",
        help="Whom tasks of this type are for.",
    )
    trigger = fields.Selection(TASK_TRIGGERS, required=True, default="date")
    # What happens, and to what
    source_model = fields.Char(
        string="What It Is About",
        help="Technical name of a model, such as calendar.attendee. Empty: the person.",
    )
    app = fields.Char(
        string="App It Needs",
        help="Technical name of the app that brings its fields, such as auth_signup, where the "
        "model is there without it.",
    )
    source_domain = fields.Char(
        string="Condition",
        help="A literal domain on what it is about, such as [('state', '=', 'sale')].",
    )
    person_path = fields.Char(
        string="Field of the Person", help="The field that holds the person, such as partner_id."
    )
    person_domain = fields.Char(
        string="Condition on the Person",
        help="Of events that concern several people. A literal domain on what the first field of "
        "the path leads to: of attendee_ids.partner_id, the attendees.",
    )
    company_path = fields.Char(
        string="Field of the Company",
        help="Where what it is about has no company itself, such as event_id.user_id.company_id.",
    )
    date_path = fields.Char(string="Field of the Date", help="May go through other records.")
    offset_days = fields.Integer(string="Days")
    offset_direction = fields.Selection(OFFSET_DIRECTIONS, default="before", required=True)
    event = fields.Selection(TASK_EVENTS)
    event_field = fields.Char(string="Field That Changes")
    event_value = fields.Char(string="Value It Takes")
    event_from = fields.Char(
        string="Value It Had",
        help="Empty: any other value, or none at all because it was created just now.",
    )
    # Required criteria
    needs_offset = fields.Boolean(string="Asks for a Number of Days")
    needs_date_field = fields.Boolean(string="Asks for a Date Field")
    needs_stage = fields.Boolean(string="Asks for a Stage")
    slot_ids = fields.One2many("crm.campaign.task.type.slot", "type_id", string="Merge Fields")
    template_ids = fields.Many2many(
        "crm.campaign.template",
        "crm_campaign_task_type_template_rel",
        "type_id",
        "template_id",
        string="Templates",
    )
    is_available = fields.Boolean(
        compute="_compute_is_available",
        search="_search_is_available",
        help="The app that it is about is installed, with all that it names.",
    )

    # === COMPUTE METHODS === #

    @api.depends(*PATH_FIELDS, "slot_ids.path")
    def _compute_is_available(self):
        for task_type in self:
            task_type.is_available = task_type._is_installed() and task_type._find_fault() is None

    @api.model
    def _search_is_available(self, operator, value):
        if operator != "in":
            return NotImplemented
        types = self.with_context(active_test=False).search([("trigger", "!=", False)])
        found = types.filtered(lambda task_type: task_type.is_available in value)
        return Domain("id", "in", found.ids)

    # === CONSTRAINTS === #

    @api.constrains(*PATH_FIELDS)
    def _check_paths(self):
        for task_type in self:
            fault = task_type._find_fault() if task_type._is_installed() else None
            if fault is not None:
                raise ValidationError(
                    self.env._(
                        "Type “%(name)s” cannot be used: %(error)s",
                        name=task_type.name,
                        error=fault,
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        # EXTENDS base — the automation rules of its tasks follow
        done = super().write(vals)
        if {"trigger", "source_model", "record_kind", *EVENT_FIELDS} & set(vals):
            # Superuser: tasks of everybody.
            tasks = self.env["crm.campaign.task"].sudo()
            tasks.search([("type_id", "in", self.ids), ("enabled", "=", True)])._sync_automations()
        return done

    # === BUSINESS METHODS - WHAT IS THERE === #

    def _is_installed(self):
        """Tell whether the app that the type is about is installed, and loaded."""
        self.ensure_one()
        installed = self._get_source_model() in self.env
        return installed and (not self.app or self.app in self.pool._init_modules)

    def _find_fault(self):
        """Say what the type names that is not there.

        :return: its name; None when all is there
        :rtype: str | None
        """
        # Superuser: what there is, whatever the user may read.
        try:
            self.sudo()._assert_paths()
        except (ValueError, SyntaxError, KeyError, TypeError) as error:
            return str(error) or type(error).__name__
        return None

    def _assert_paths(self):
        """Check that everything the type names is there.

        :raise ValueError: says what is wrong, with its name
        """
        Source = self.env[self._get_source_model()]
        self._get_source_domain().validate(Source)
        if self.trigger in ("date", "anniversary"):
            self._assert_dated_paths(Source)
        if self.trigger == "event" and self.event == "set":
            self._find_field(Source, self.event_field)
        if self.source_model and self.trigger != "code":
            self._find_field(Source, self.person_path)
        if self.person_domain:
            first = self._find_field(Source, (self.person_path or "").partition(".")[0])
            self._get_person_domain().validate(self.env[first.comodel_name])
        if self.company_path:
            self._find_field(Source, self.company_path)
        for slot in self.slot_ids:
            self._find_field(Source, slot.path)

    def _assert_dated_paths(self, Source):
        """Check what dates are looked up by, in one statement.

        :raise ValueError: says what is wrong, with its name
        """
        if not self.needs_date_field:
            field = self._find_field(Source, self.date_path)
            through = self.trigger == "anniversary" and "." in self.date_path
            if field.type not in ("date", "datetime") or through:
                raise ValueError(self.date_path)
        if self.source_model:
            field = self._find_field(Source, self.person_path)
            if field.type != "many2one" or "." in self.person_path or self.person_domain:
                raise ValueError(self.person_path)

    @api.model
    def _find_field(self, model, path):
        """Return the last field of a path.

        :raise ValueError: there is no such path
        """
        field = None
        for name in (path or "").split("."):
            field = None if model is None else model._fields.get(name)
            if not field:
                raise ValueError(path or self.env._("a field is not named"))
            model = self.env[field.comodel_name] if field.comodel_name else None
        return field

    # === BUSINESS METHODS === #

    def _get_source_model(self):
        """Return the name of the model to which what happens happens.

        :rtype: str
        """
        return self.source_model or self._get_person_model()

    def _get_person_model(self):
        """Return the name of the model of those whom tasks of the type are for.

        :rtype: str
        """
        models_by_kind = self.env["crm.campaign.target"]._get_models_by_kind()
        return models_by_kind.get(self.record_kind or "partner", "res.partner")

    def _get_source_domain(self):
        """Return the type's own condition.

        :rtype: Domain
        :raise ValueError: it is no literal domain
        """
        return Domain(literal_eval(self.source_domain or "[]"))

    def _get_company_path(self, Source):
        """Return the path to the company of what the type is about, None where it has none.

        :param Source: recordset of the source's model
        :rtype: str | None
        """
        return self.company_path or ("company_id" if "company_id" in Source._fields else None)

    def _get_person_domain(self):
        """Return the type's condition on what the first field of ``person_path`` leads to.

        :rtype: Domain
        :raise ValueError: it is no literal domain
        """
        return Domain(literal_eval(self.person_domain or "[]"))

    def _get_people(self, record):
        """Return those whom something that happened to a record concerns, each of them once.

        :param record: one record of the source's model
        """
        if not self.person_path:
            return record
        first, *others = self.person_path.split(".")
        people = record[first].filtered_domain(self._get_person_domain())
        return people.mapped(".".join(others)) if others else people

    def _find_template(self, channel, lang):
        """Choose the pre-written template of the type: in a language, in none, in English.

        :param str channel: ``email`` or ``sms``
        :param str lang: code such as ``fr_FR``
        """
        templates = self.template_ids.filtered(lambda text: text.channel == channel)
        by_language = templates.grouped("written_in")
        family = (lang or "en").partition("_")[0]
        found = (by_language.get(written_in) for written_in in (family, False, "en"))
        return (next(filter(None, found), None) or templates)[:1]
