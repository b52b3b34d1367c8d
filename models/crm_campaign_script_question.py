# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import ANSWER_TYPES, WRITE_KINDS, WRITE_MODELS, WRITE_TYPES
from ..tools.script_answer import check_answer, fold, parse_answer
from ..tools.script_path import KINDS, Question

# Characters of a question where it is chosen.
NAME_SIZE = 80


class CrmCampaignScriptQuestion(models.Model):
    """A question that a caller reads out, and the type of its answer.

    Its number is its rank in the script. Written by marketing managers, unless the script is used.
    """

    _name = "crm.campaign.script.question"
    _description = "Question of a Call Script"
    _order = "script_id, sequence, id"

    script_id = fields.Many2one(
        "crm.campaign.script", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=lambda self: self._default_sequence())
    number = fields.Integer(compute="_compute_number", store=True)
    name = fields.Text(string="Question", required=True, help="What the caller reads out.")
    help = fields.Text(
        string="Hint", help="For the caller only: what to listen for, what to reply."
    )
    is_start = fields.Boolean(
        string="Start",
        compute="_compute_is_start",
        inverse="_inverse_is_start",
        default=lambda self: self._default_is_start(),
    )
    is_script_used = fields.Boolean(related="script_id.is_used")
    # Answer
    answer_type = fields.Selection(ANSWER_TYPES, required=True, default="text")
    choices = fields.Text(help="One a line.")
    path_ids = fields.One2many("crm.campaign.script.path", "question_id", copy=False)
    allowed_kinds = fields.Json(compute="_compute_allowed_kinds")
    paths_text = fields.Char(string="Paths", compute="_compute_paths_text")
    # What it is written to
    write_kind = fields.Selection(WRITE_KINDS, string="Write to", help="Besides the answer itself.")
    write_field_id = fields.Many2one(
        "crm.campaign.script.field",
        string="Field",
        ondelete="set null",
        domain="[('id', 'in', allowed_field_ids)]",
        help="Fields of the same type as the answer that an administrator lists as writable.",
    )
    allowed_field_ids = fields.Many2many(
        "crm.campaign.script.field", compute="_compute_allowed_field_ids"
    )

    # Checked at the end: numbers change places.
    _number_uniq = models.Constraint(
        "UNIQUE(script_id, number) DEFERRABLE INITIALLY DEFERRED",
        "Two questions of a script have the same number.",
    )

    # === DEFAULTS === #

    @api.model
    def _default_sequence(self):
        """Return a sequence after those of the script that the context names."""
        script = self.env["crm.campaign.script"].browse(self.env.context.get("default_script_id"))
        return max(script.question_ids.mapped("sequence"), default=0) + 10

    @api.model
    def _default_is_start(self):
        """Tell whether the question is the first one of the script that the context names."""
        script = self.env["crm.campaign.script"].browse(self.env.context.get("default_script_id"))
        return bool(script) and not script.question_ids

    # === COMPUTE METHODS === #

    @api.depends("script_id.question_ids.sequence")
    def _compute_number(self):
        for question in self:
            others = question.script_id.question_ids
            place = question._get_place()
            question.number = 1 + sum(other._get_place() < place for other in others)

    @api.depends("script_id.start_question_id")
    def _compute_is_start(self):
        for question in self:
            start = question.script_id.start_question_id
            question.is_start = bool(start) and start._get_key() == question._get_key()

    def _inverse_is_start(self):
        for question in self:
            script = question.script_id
            if question.is_start:
                script.start_question_id = question
            elif script.start_question_id == question:
                script.start_question_id = False

    @api.depends("answer_type")
    def _compute_allowed_kinds(self):
        for question in self:
            question.allowed_kinds = KINDS.get(question.answer_type, ())

    @api.depends_context("lang")
    @api.depends(
        "path_ids.kind",
        "path_ids.words",
        "path_ids.low_number",
        "path_ids.high_number",
        "path_ids.low_date",
        "path_ids.high_date",
        "path_ids.target_question_id.number",
    )
    def _compute_paths_text(self):
        for question in self:
            question.paths_text = " · ".join(
                f"{path._describe()} → {path._describe_target()}" for path in question.path_ids
            )

    @api.depends("write_kind", "answer_type")
    def _compute_allowed_field_ids(self):
        models_ = {WRITE_MODELS[kind] for kind in self.mapped("write_kind") if kind}
        permitted = self.env["crm.campaign.script.field"].search([("model", "in", models_)])
        for question in self:
            question.allowed_field_ids = permitted.filtered(question._takes)

    @api.depends("number", "name")
    def _compute_display_name(self):
        for question in self:
            question.display_name = question._get_short_name(NAME_SIZE)

    # === CONSTRAINTS === #

    @api.constrains("answer_type", "choices")
    def _check_choices(self):
        for question in self:
            names = [fold(choice) for choice in question._get_choices()]
            if len(set(names)) < len(names):
                raise ValidationError(
                    self.env._("Two choices of a question read alike: a caller cannot tell them.")
                )

    @api.constrains("answer_type", "choices", "write_kind", "write_field_id")
    def _check_write_field(self):
        for question in self:
            if not (question.write_kind or question.write_field_id):
                continue
            field = question.write_field_id
            if not (question.write_kind and field and question._takes(field)):
                raise ValidationError(
                    self.env._(
                        "Choose a permitted field of the contact, the company or the lead that is "
                        "of the type of the answer, or none."
                    )
                )
            for choice in question._get_choices():
                field._check_value(choice)

    # === ONCHANGE METHODS === #

    @api.onchange("answer_type", "write_kind")
    def _onchange_write(self):
        if self.write_field_id and not self._takes(self.write_field_id):
            self.write_field_id = False

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        questions = super().create(vals_list)
        questions.script_id._assert_editable()
        return questions

    def write(self, vals):
        self.script_id._assert_editable()
        if "script_id" in vals and any(
            question.script_id.id != vals["script_id"] for question in self
        ):
            raise UserError(self.env._("A question stays in its script."))
        return super().write(vals)

    def unlink(self):
        self.script_id._assert_editable()
        self._assert_no_path_leads_here()
        # First: paths between them would hold them back.
        self.path_ids.unlink()
        return super().unlink()

    @api.model
    def name_create(self, name):
        # EXTENDS base — a question that does not exist yet may be named as the one a path leads to
        # After the question that it follows, which may not be saved yet and be the start.
        values = {"name": name, "sequence": self._default_sequence() + 10, "is_start": False}
        question = self.create(values)
        # Without its number, which changes once the question before is saved.
        return question.id, question._get_short_text(NAME_SIZE)

    # === BUSINESS METHODS === #

    def _get_key(self):
        """Return what names a question in the kernel, saved or not.

        :return: anything that can be hashed
        """
        self.ensure_one()
        return self._origin.id or self.id

    def _get_place(self):
        """Return what orders a question within its script; those not saved yet are the last.

        :rtype: tuple
        """
        self.ensure_one()
        return self.sequence, not self._origin.id, self._origin.id or 0

    def _get_short_name(self, size):
        """Return the number and the beginning of the text.

        :param int size: characters at most, of the text
        :rtype: str
        """
        self.ensure_one()
        return f"{self.number}. {self._get_short_text(size)}"

    def _get_short_text(self, size):
        """Return the beginning of the text, on one line.

        :param int size: characters at most
        :rtype: str
        """
        self.ensure_one()
        text = " ".join((self.name or "").split())
        return text if len(text) <= size else text[: size - 1].rstrip() + "…"

    def _get_choices(self):
        """List the choices, without blank ones.

        :rtype: list[str]
        """
        self.ensure_one()
        if self.answer_type != "choice":
            return []
        return [line.strip() for line in (self.choices or "").splitlines() if line.strip()]

    def _get_question(self):
        """Return the question as ``tools/script_path.py`` knows it.

        :rtype: Question
        """
        self.ensure_one()
        paths = tuple(path._get_path() for path in self.path_ids)
        choices = tuple(self._get_choices())
        return Question(self._get_key(), self.number, self.answer_type, paths, choices)

    def _assert_no_path_leads_here(self):
        """Refuse to delete questions to which others lead.

        :raise UserError: names both
        """
        path = self.env["crm.campaign.script.path"].search(
            [("target_question_id", "in", self.ids), ("question_id", "not in", self.ids)], limit=1
        )
        if path:
            raise UserError(
                self.env._(
                    "A path of question “%(origin)s” leads to “%(target)s”: change it first.",
                    origin=path.question_id.display_name,
                    target=path.target_question_id.display_name,
                )
            )

    # === BUSINESS METHODS - ANSWERS === #

    def _parse(self, value):
        """Read an answer, as typed or as a value of its type, and check it.

        :param value: text as typed (a date in the user's format or year-month-day), or a number, a
            date, a boolean; None or blank = empty, and False too, but for yes/no
        :return: what ``tools/script_answer.py`` makes of it, None = empty
        :raise UserError: says what is expected
        """
        self.ensure_one()
        choices = self._get_choices()
        if value is False and self.answer_type != "yes_no":
            value = None
        try:
            if value is None or isinstance(value, str):
                text = value.replace("\0", "") if value else value
                lang_format = self.env["res.lang"]._get_data(code=self.env.user.lang).date_format
                value = parse_answer(self.answer_type, text, choices, lang_format or "%d/%m/%Y")
            check_answer(self.answer_type, value, choices)
        except ValueError as error:
            raise UserError(self._describe_refusal(str(error))) from error
        return value

    def _describe_refusal(self, code):
        """Say which answer a question expects.

        :param str code: of ``tools/script_answer.py``
        :rtype: str
        """
        if code == "too many digits":
            return self.env._(
                "Question %(number)s: the number has too many digits.", number=self.number
            )
        texts = {
            "number": self.env._(
                "Question %(number)s asks for a number, such as 12.5.", number=self.number
            ),
            "date": self.env._("Question %(number)s asks for a date.", number=self.number),
            "yes_no": self.env._("Question %(number)s asks for yes or no.", number=self.number),
            "choice": self.env._(
                "Question %(number)s asks for one of: %(choices)s.",
                number=self.number,
                choices=", ".join(self._get_choices()),
            ),
        }
        return texts.get(
            self.answer_type, self.env._("Question %(number)s asks for a text.", number=self.number)
        )

    # === BUSINESS METHODS - WRITTEN FIELD === #

    def _takes(self, field):
        """Tell whether answers may be written to a permitted field.

        :param field: one ``crm.campaign.script.field``
        :rtype: bool
        """
        self.ensure_one()
        return (
            field.model == WRITE_MODELS.get(self.write_kind)
            and field.ttype in WRITE_TYPES[self.answer_type]
            and field._is_writable()
        )

    def _find_write_problem(self):
        """Say what is wrong with what the answer is written to.

        :return: "" = nothing, or ``write_gone``
        :rtype: str
        """
        self.ensure_one()
        # Superuser: the list is the same for everybody, and callers do not read it.
        question = self.sudo()
        if not question.write_kind:
            return ""
        field = question.write_field_id
        return "" if field and question._takes(field) else "write_gone"
