# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, get_lang

from ..const import ANSWER_TYPES, WRITE_MODELS
from ..tools.script_path import next_step

COLUMNS = {
    "text": "value_text",
    "number": "value_number",
    "date": "value_date",
    "yes_no": "value_boolean",
    "choice": "value_text",
}


class CrmCampaignScriptAnswer(models.Model):
    """What was answered to a question during a call, as a value of its type.

    Written by ``_store`` only, one for each call and question: the last answer counts.
    """

    _name = "crm.campaign.script.answer"
    _description = "Answer to a Call Script"
    _order = "date desc, id desc"
    _rec_name = "value"

    call_id = fields.Many2one(
        "crm.campaign.call", required=True, readonly=True, ondelete="cascade", index=True
    )
    script_id = fields.Many2one(
        "crm.campaign.script", required=True, readonly=True, ondelete="restrict", index=True
    )
    question_id = fields.Many2one(
        "crm.campaign.script.question",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users", string="Caller", required=True, readonly=True, ondelete="restrict", index=True
    )
    date = fields.Datetime(required=True, readonly=True)
    # Value
    answer_type = fields.Selection(ANSWER_TYPES, required=True, readonly=True)
    is_empty = fields.Boolean(string="No Answer", readonly=True)
    value_text = fields.Text(string="Text", readonly=True)
    value_number = fields.Float(string="Number", readonly=True, digits=(16, 6), aggregator="avg")
    value_date = fields.Date(string="Date of the Answer", readonly=True)
    value_boolean = fields.Boolean(string="Yes", readonly=True)
    value = fields.Char(string="Answer", compute="_compute_value")
    ends_script = fields.Boolean(
        string="Ends the Script",
        readonly=True,
        help="No question follows, as the script foresees or since no path holds.",
    )

    _question_uniq = models.Constraint(
        "UNIQUE(call_id, question_id)", "A question is answered once in a call."
    )

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    @api.depends("answer_type", "is_empty", *set(COLUMNS.values()))
    def _compute_value(self):
        for answer in self:
            value = answer._get_value()
            answer.value = self._format(value)

    # === BUSINESS METHODS === #

    @api.model
    def _store(self, call_id, question, value, records=None):
        """Store the answer to a question of a call, and write it to the record it is meant for.

        All or nothing: where the answer is of another type, or cannot be written, neither is done.
        An empty answer is stored, and erases nothing. Where the call has no such record, the answer
        is stored only.

        :param int call_id: of the call, which the caller may answer: to be checked before
        :param question: one ``crm.campaign.script.question``, which the user may read
        :param value: as ``question._parse`` takes it
        :param dict records: of the call, by kind (``contact``, ``company``, ``lead``)
        :return: the answer
        :raise UserError: says what is expected, or why it is not written
        """
        question.ensure_one()
        question.check_access("read")
        parsed = question._parse(value)
        with self.env.cr.savepoint():
            if question.write_kind and parsed is not None:
                self._write_record(question, parsed, (records or {}).get(question.write_kind))
            # Superuser: callers store answers this way only.
            answers = self.sudo()
            answers._replace(call_id, question)
            answer = answers.create(self._prepare_vals(call_id, question, parsed))
            question.script_id._mark_used()
            self.env.flush_all()
        return answer.sudo(self.env.su)

    @api.model
    def _replace(self, call_id, question):
        """Take an earlier answer away: a new row, since numbers that are emptied become zero."""
        domain = [("call_id", "=", call_id), ("question_id", "=", question.id)]
        self.search(domain).unlink()
        self.env.flush_all()

    @api.model
    def _prepare_vals(self, call_id, question, parsed):
        """Prepare the values of an answer.

        :param parsed: value of the type of the question, None = empty
        :rtype: dict
        """
        vals = {
            "call_id": call_id,
            "script_id": question.script_id.id,
            "question_id": question.id,
            "answer_type": question.answer_type,
            "is_empty": parsed is None,
            "user_id": self.env.uid,
            "company_id": self.env.company.id,
            "date": fields.Datetime.now(),
            "ends_script": self._ends_script(question, parsed),
        }
        if parsed is not None:
            vals[COLUMNS[question.answer_type]] = parsed
        return vals

    @api.model
    def _ends_script(self, question, parsed):
        """Tell whether no question follows an answer.

        :param parsed: value of the type of the question, None = empty
        :rtype: bool
        """
        script = question.script_id._get_script()
        return next_step(script, question._get_key(), parsed).outcome != "question"

    @api.model
    def _write_record(self, question, parsed, record):
        """Write an answer to a record of its call.

        :param record: of the model of what is written to; empty = there is none
        :raise UserError: the field is no longer permitted or there, or cannot hold the answer
        """
        if question._find_write_problem():
            raise UserError(
                self.env._(
                    "The answer to “%(question)s” is written to a field that is no longer "
                    "permitted. Ask an administrator, or for a new version of the script.",
                    question=question.display_name,
                )
            )
        if not record or not record.exists():
            return
        if record._name != WRITE_MODELS[question.write_kind] or len(record) > 1:
            raise ValueError(f"{record} is not one {question.write_kind}")
        # Superuser: callers need no rights on contacts and leads. Safe, because it is the record of
        # the call and no other, one field that an administrator listed for this, checked just
        # above, and a value of its type. The user stays the one who answers.
        field = question.sudo().write_field_id
        record.sudo().write({field.field_name: field._check_value(parsed)})

    def _get_value(self):
        """Return the answer as a value of its type.

        :return: None = empty
        """
        self.ensure_one()
        return None if self.is_empty else self[COLUMNS[self.answer_type]]

    @api.model
    def _format(self, value):
        """Put an answer in words, in the language of the context.

        :param value: of any type, None = empty
        :rtype: str
        """
        if value is None:
            return ""
        if isinstance(value, bool):
            return self.env._("Yes") if value else self.env._("No")
        if isinstance(value, float | int):
            # The language of the context may not be active, as English on a French database.
            lang = self.env["res.lang"].browse(get_lang(self.env).id)
            places = max(0, len(f"{value:.6f}".rstrip("0").partition(".")[2]))
            return lang.format(f"%.{places}f", value, grouping=True)
        return value if isinstance(value, str) else format_date(self.env, value)
