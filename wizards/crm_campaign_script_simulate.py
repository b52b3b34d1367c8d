# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.script_path import needs_answer, next_step


class CrmCampaignScriptSimulate(models.TransientModel):
    """A script gone through as a caller does, forwards and backwards; nothing of it is stored.

    The answers are kept here as they were read, dates as year-month-day. Back takes the last one
    away. A script that is changed meanwhile is followed as far as the answers still fit.
    """

    _name = "crm.campaign.script.simulate"
    _description = "Simulate a Call Script"

    script_id = fields.Many2one("crm.campaign.script", required=True, ondelete="cascade")
    answers = fields.Json(default=list)
    # Where one stands
    question_id = fields.Many2one("crm.campaign.script.question", compute="_compute_question")
    number = fields.Integer(related="question_id.number")
    text = fields.Text(string="What to Read Out", related="question_id.name")
    help = fields.Text(related="question_id.help")
    answer_type = fields.Selection(related="question_id.answer_type")
    choices = fields.Json(compute="_compute_question")
    outcome = fields.Selection(
        [
            ("question", "Question"),
            ("quit", "End"),
            ("no_match", "No Path"),
            ("no_start", "No Start"),
        ],
        compute="_compute_question",
    )
    way = fields.Html(compute="_compute_question", sanitize=False)
    # What is typed
    answer = fields.Char()

    # === COMPUTE METHODS === #

    @api.depends("script_id", "answers")
    def _compute_question(self):
        for wizard in self:
            rows, question, outcome = wizard._walk()
            wizard.question_id = question
            wizard.choices = question._get_choices() if question else []
            wizard.outcome = outcome
            wizard.way = self.env["ir.qweb"]._render("crm_campaign.script_way", {"rows": rows})

    # === ACTION METHODS === #

    def action_next(self):
        """Answer the question and go to where the answer leads."""
        self.ensure_one()
        question = self.question_id
        if not question:
            raise UserError(self.env._("The script is over: go back, or restart."))
        value = question._parse(self._read_answer())
        if value is None and needs_answer(question._get_question()):
            raise UserError(self.env._("This question needs an answer: no path leads on without."))
        rows = self._walk()[0]
        kept = [row["raw"] for row in rows]
        raw = value.isoformat() if question.answer_type == "date" and value else value
        self.write({"answers": [*kept, raw], "answer": False})
        return self._reopen()

    def action_back(self):
        """Go back to the question before, with its answer to be changed."""
        self.ensure_one()
        kept = [row["raw"] for row in self._walk()[0]]
        last = kept.pop() if kept else None
        if isinstance(last, bool):
            last = "yes" if last else "no"
        self.write({"answers": kept, "answer": last if last is None else self._write_out(last)})
        return self._reopen()

    def action_restart(self):
        """Begin anew, at the start of the script."""
        self.ensure_one()
        self.write({"answers": [], "answer": False})
        return self._reopen()

    # === BUSINESS METHODS === #

    def _reopen(self):
        """Return the action that shows where one stands."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Simulation of %s", self.script_id.display_name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _read_answer(self):
        """Return what was typed as ``question._parse`` takes it; "yes" and "no" are the buttons.

        :rtype: str | bool | None
        """
        if self.answer_type == "yes_no":
            return {"yes": True, "no": False}.get(self.answer)
        return self.answer or None

    @api.model
    def _write_out(self, raw):
        """Turn an answer into what would have been typed.

        :rtype: str
        """
        return f"{raw:.6f}".rstrip("0").rstrip(".") if isinstance(raw, float | int) else raw

    def _walk(self):
        """Follow the answers from the start.

        :return: rows of the way so far with ``raw`` (as kept), ``question``, ``answer`` and
            ``path`` (texts); the question one stands at, empty = the end; why, one of ``outcome``
        :rtype: tuple
        """
        self.ensure_one()
        script = self.script_id._get_script()
        questions = {question._get_key(): question for question in self.script_id.question_ids}
        question = questions.get(script.start)
        if question is None:
            return [], self.script_id.question_ids.browse(), "no_start"
        rows, outcome = [], "question"
        for raw in self.answers or []:
            try:
                value = self._revive(question, raw)
                step = next_step(script, question._get_key(), value)
            except ValueError:
                break  # the script was changed meanwhile
            rows.append(self._prepare_row(question, raw, value, step))
            outcome, question = step.outcome, questions.get(step.question)
            if question is None:
                break
        return rows, question or self.script_id.question_ids.browse(), outcome

    @api.model
    def _revive(self, question, raw):
        """Turn an answer that was kept into a value of its type.

        :raise ValueError: it is no date, and should be one
        """
        is_date = question.answer_type == "date" and isinstance(raw, str)
        return fields.Date.to_date(raw) if is_date else raw

    def _prepare_row(self, question, raw, value, step):
        """Prepare a row of the way so far.

        :rtype: dict
        """
        path = question.path_ids[step.path]._describe() if step.path is not None else ""
        answer = self.env["crm.campaign.script.answer"]._format(value)
        return {"raw": raw, "question": question, "answer": answer, "path": path}
