# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import script_check
from ..tools.script_path import MAX_WORDS, Script

# Characters of a question in its box of the drawing: two lines.
SHORT = 60


class CrmCampaignScript(models.Model):
    """What is wrong with a script while it is designed, and the drawing of its paths."""

    _inherit = "crm.campaign.script"

    problems = fields.Json(compute="_compute_problems")
    problem_count = fields.Integer(string="Number of Problems", compute="_compute_problems")
    graph = fields.Json(string="Drawing", compute="_compute_graph")

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    @api.depends(lambda self: self._get_design_fields())
    def _compute_problems(self):
        for script in self:
            rows = script._list_problems()
            script.problems = rows
            script.problem_count = len(rows)

    @api.depends_context("lang")
    @api.depends(lambda self: self._get_design_fields())
    def _compute_graph(self):
        for script in self:
            script.graph = script._draw()

    @api.model
    def _get_design_fields(self):
        """Name the fields on which the way through a script depends.

        :rtype: list[str]
        """
        question = ("sequence", "number", "name", "answer_type", "choices")
        question += ("write_kind", "write_field_id")
        path = ("sequence", "kind", "target_question_id", "words")
        path += ("low_number", "high_number", "low_date", "high_date")
        return [
            "start_question_id",
            *(f"question_ids.{name}" for name in question),
            *(f"question_ids.path_ids.{name}" for name in path),
        ]

    # === BUSINESS METHODS === #

    def _get_script(self):
        """Return the script as ``tools/script_path.py`` knows it, keyed by the questions' ids.

        Takes the same number of queries whatever the number of questions, and of scripts where
        they were read together.

        :rtype: Script
        """
        self.ensure_one()
        start = self.start_question_id
        return Script(
            start._get_key() if start else None,
            tuple(question._get_question() for question in self.question_ids),
        )

    def _assert_ready(self):
        """Check that callers can go through the script; warnings are no obstacle.

        :raise UserError: tells every problem
        """
        for script in self:
            texts = [row["text"] for row in script._list_problems() if row["level"] == "danger"]
            if texts:
                raise UserError(
                    self.env._(
                        "The script “%(name)s” is not ready:\n%(problems)s",
                        name=script.display_name,
                        problems="\n".join(f"• {text}" for text in texts),
                    )
                )

    def _list_problems(self):
        """Put what is wrong in words, as ``crm_campaign_script_problems`` shows it.

        :return: rows with ``code``, ``level`` ("danger" or "warning"), ``question_id`` (False = the
            whole script), ``question`` (its number and name), ``text``
        :rtype: list[dict]
        """
        self.ensure_one()
        questions = {question._get_key(): question for question in self.question_ids}
        rows = []
        for problem in script_check.find_problems(self._get_script()):
            question = questions.get(problem.question, self.question_ids.browse())
            path = question.path_ids[problem.path] if problem.path is not None else None
            rows.append(self._prepare_problem(problem.code, question, path))
        for question in self.question_ids:
            code = question._find_write_problem()
            if code:
                rows.append(self._prepare_problem(code, question))
        return rows

    def _prepare_problem(self, code, question, path=None):
        """Prepare a row of ``_list_problems``.

        :rtype: dict
        """
        text = self._get_problem_texts().get(code, code)
        if path:
            text = self.env._(
                "path %(number)s, “%(path)s”: %(problem)s",
                number=list(question.path_ids).index(path) + 1,
                path=path._describe(),
                problem=text,
            )
        if question:
            text = self.env._(
                "Question %(number)s: %(problem)s", number=question.number, problem=text
            )
        return {
            "code": code,
            "level": "warning" if code in script_check.WARNINGS else "danger",
            # A question that is not saved yet cannot be opened.
            "question_id": question._origin.id,
            "question": question._get_short_name(SHORT) if question else "",
            "text": text,
        }

    @api.model
    def _get_problem_texts(self):
        """Put the codes of problems in words, in the language of the context.

        :rtype: dict[str, str]
        """
        return {
            "no_start": self.env._("No question is the start."),
            "unknown_start": self.env._("The start is no question of this script."),
            "no_choices": self.env._("it is answered by a choice, and there is none."),
            "unreachable": self.env._("no way from the start leads there."),
            "dead_end": self.env._("no answer leads anywhere, not even to the end."),
            "incomplete": self.env._("some answers lead nowhere: the script would end there."),
            "no_exit": self.env._("it is part of a loop that nothing leads out of."),
            "wrong_kind": self.env._("it does not go with the type of the answer."),
            "no_words": self.env._("there is nothing to compare with."),
            "too_many_words": self.env._("there are more than %s words or phrases.", MAX_WORDS),
            "unknown_choice": self.env._("it names something that is not among the choices."),
            "no_bound": self.env._("a value is missing."),
            "wrong_bound": self.env._("a value is not of the type of the answer."),
            "empty_interval": self.env._("no value lies between the bounds."),
            "unknown_target": self.env._("it leads to no question of this script."),
            "several_defaults": self.env._("there is a “next” or “quit” before it already."),
            "never_taken": self.env._("whatever the answer, an earlier path is taken."),
            "write_gone": self.env._(
                "its answer is written to a field that is no longer permitted."
            ),
        }

    def _draw(self):
        """Lay the questions and paths out, as ``crm_campaign_script_graph`` draws them.

        :return: ``nodes``: list of dicts with ``key``, ``question_id`` (False = not saved yet),
            ``number``, ``text``, ``level`` and ``rank`` (from 0), ``is_start``, ``is_lost``;
            ``edges``: list of dicts with ``source``, ``target`` (keys; False = the end), ``label``
        :rtype: dict[str, list]
        """
        self.ensure_one()
        questions = {question._get_key(): question for question in self.question_ids}
        script = self._get_script()
        drawing = script_check.layout(script)
        problems = script_check.find_problems(script)
        lost = {problem.question for problem in problems if problem.code == "unreachable"}
        return {
            "nodes": [
                {
                    "key": str(node.question),
                    "question_id": questions[node.question]._origin.id,
                    "number": questions[node.question].number,
                    "text": questions[node.question]._get_short_text(SHORT),
                    "level": node.level,
                    "rank": node.rank,
                    "is_start": node.question == script.start,
                    "is_lost": node.question in lost,
                }
                for node in drawing.nodes
            ],
            "edges": [
                {
                    "source": str(edge.source),
                    "target": str(edge.target) if edge.target is not None else False,
                    "label": questions[edge.source].path_ids[edge.path]._describe(),
                }
                for edge in drawing.edges
            ],
        }
