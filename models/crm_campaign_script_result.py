# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.tools import SQL, get_lang

from ..const import ANSWER_TYPES, CALL_OPEN_STATES, CALL_STATES

# Characters of a text by which answers are searched and grouped.
TEXT_SIZE = 120


class CrmCampaignScriptResult(models.Model):
    """What people answered to call scripts, question by question, and where they broke off.

    A view over answers (same ids), one line an answer. Every line counts as an answer; one line of
    a call may count as a drop-out besides, by this rule:

    * the call is over: done or cancelled. As long as it may be made again, so may its script;
    * none of its answers ended the script. One does where it leads to no other question, be it to
      the end that the script foresees or since no path holds;
    * the line is its last answer, the one stored last.

    So a drop-out counts at the last question that was answered, with the caller who asked it. A
    call without any answer has no line, and no drop-out. Answers that the caller took back are
    gone, and one that was given again counts as the last one.

    Versions of a script are scripts of one name.
    """

    _name = "crm.campaign.script.result"
    _description = "Result of a Call Script"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "answer"
    _depends = {
        "crm.campaign.script.answer": [
            "call_id",
            "script_id",
            "question_id",
            "company_id",
            "user_id",
            "date",
            "answer_type",
            "is_empty",
            "value_text",
            "value_number",
            "value_date",
            "value_boolean",
            "ends_script",
        ],
        "crm.campaign.script": ["name", "version"],
        "crm.campaign.script.question": ["number"],
        "crm.campaign.call": ["operation_id", "state", "outcome_id"],
        "crm.campaign.call.outcome": ["is_success"],
        "crm.campaign.operation": ["campaign_id"],
    }

    # What was asked
    script_id = fields.Many2one("crm.campaign.script", string="Call Script", readonly=True)
    script_name = fields.Char(string="Script, All Versions", readonly=True)
    script_version = fields.Integer(string="Version", readonly=True, aggregator=None)
    question_id = fields.Many2one("crm.campaign.script.question", readonly=True)
    question_number = fields.Integer(readonly=True, aggregator=None)
    # By whom, to whom, and when
    user_id = fields.Many2one("res.users", string="Caller", readonly=True)
    call_id = fields.Many2one("crm.campaign.call", string="Calls", readonly=True)
    operation_id = fields.Many2one("crm.campaign.operation", readonly=True)
    campaign_id = fields.Many2one("crm.campaign", readonly=True)
    company_id = fields.Many2one("res.company", string="Our Company", readonly=True)
    date = fields.Datetime(readonly=True)
    # What became of the call
    call_state = fields.Selection(CALL_STATES, string="State of the Call", readonly=True)
    outcome_id = fields.Many2one("crm.campaign.call.outcome", readonly=True)
    is_success = fields.Boolean(string="Success", readonly=True)
    # The answer
    answer_type = fields.Selection(ANSWER_TYPES, string="Type of Answer", readonly=True)
    is_empty = fields.Boolean(string="No Answer", readonly=True)
    answer = fields.Char(
        string="Answer, Grouped",
        readonly=True,
        # In words, which the query holds.
        depends_context=("lang",),
        help="In words; dates by their month, and all free texts as one.",
    )
    value = fields.Char(string="Answer", compute="_compute_value")
    value_text = fields.Char(
        string="Text", readonly=True, help="Texts and choices; long texts are cut."
    )
    value_number = fields.Float(
        string="Average Number",
        readonly=True,
        digits=(16, 6),
        aggregator="avg",
        help="Of the answers that are numbers; empty ones do not count.",
    )
    value_date = fields.Date(string="Date of the Answer", readonly=True)
    value_boolean = fields.Boolean(string="Yes", readonly=True)
    # Counted
    answer_count = fields.Integer(string="Answers", readonly=True, help="Empty ones included.")
    dropout_count = fields.Integer(
        string="Drop-Outs",
        readonly=True,
        help="Calls that are over while their script was not: this was their last answer. "
        "Calls that may be made again do not count yet.",
    )

    # === SQL VIEW === #

    @property
    def _table_query(self):
        return SQL("SELECT %s FROM %s", self._select(), self._from())

    @api.model
    def _select(self):
        """Give the columns of the view, over the tables of ``_from``."""
        return SQL(
            """
            a.id, a.script_id, s.name AS script_name, s.version AS script_version,
            a.question_id, q.number AS question_number, a.user_id, a.call_id, c.operation_id,
            o.campaign_id, a.company_id, a.date, c.state AS call_state, c.outcome_id,
            COALESCE(t.is_success, FALSE) AS is_success, a.answer_type, a.is_empty,
            %(answer)s AS answer, left(a.value_text, %(size)s) AS value_text, a.value_number,
            a.value_date, a.value_boolean, 1 AS answer_count, %(dropout)s AS dropout_count
            """,
            answer=self._get_answer_sql(),
            size=TEXT_SIZE,
            dropout=SQL(
                """
                CASE WHEN w.last_id = a.id AND w.is_finished IS NOT TRUE
                      AND c.state NOT IN %s THEN 1 ELSE 0 END
                """,
                CALL_OPEN_STATES,
            ),
        )

    @api.model
    def _from(self):
        """Give the tables: answers ``a``, scripts ``s``, questions ``q``, calls ``c`` and their
        outcomes ``t``, operations ``o``, and how far each call went, ``w``.

        Every join is an outer one, by a key: a search leaves out those that it does not need.
        """
        return SQL(
            """
            crm_campaign_script_answer a
       LEFT JOIN crm_campaign_script s ON s.id = a.script_id
       LEFT JOIN crm_campaign_script_question q ON q.id = a.question_id
       LEFT JOIN crm_campaign_call c ON c.id = a.call_id
       LEFT JOIN crm_campaign_call_outcome t ON t.id = c.outcome_id
       LEFT JOIN crm_campaign_operation o ON o.id = c.operation_id
       LEFT JOIN (SELECT call_id, script_id, max(id) AS last_id, bool_or(ends_script) AS is_finished
                    FROM crm_campaign_script_answer GROUP BY call_id, script_id) w
                 ON w.call_id = a.call_id AND w.script_id = a.script_id
            """
        )

    @api.model
    def _get_answer_sql(self):
        """Give an answer in words, in the language of the context: dates by month, all free texts
        alike."""
        return SQL(
            """
            CASE WHEN a.is_empty THEN %(empty)s
                 WHEN a.answer_type = 'yes_no' AND a.value_boolean THEN %(yes)s
                 WHEN a.answer_type = 'yes_no' THEN %(no)s
                 WHEN a.answer_type = 'choice' THEN left(a.value_text, %(size)s)
                 WHEN a.answer_type = 'number'
                 THEN replace(trim_scale(a.value_number)::text, '.', %(point)s)
                 WHEN a.answer_type = 'date' THEN to_char(a.value_date, 'YYYY-MM')
                 ELSE %(text)s END
            """,
            empty=self.env._("No answer"),
            yes=self.env._("Yes"),
            no=self.env._("No"),
            text=self.env._("Free text"),
            size=TEXT_SIZE,
            point=get_lang(self.env).decimal_point,
        )

    def _read_group_orderby(self, order, groupby_terms, query):
        # EXTENDS base — answers that are numbers come in the order of numbers, 2 before 12
        parts = [part.strip() for part in order.split(",")] if order else []
        for index, part in enumerate(parts):
            if part.split()[0] == "answer":
                parts[index] = f"{part.replace('answer', 'value_number:min', 1)}, {part}"
        return super()._read_group_orderby(", ".join(parts) or order, groupby_terms, query)

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    @api.depends("answer_type", "is_empty")
    def _compute_value(self):
        answers = self.env["crm.campaign.script.answer"].browse(self.ids)
        for result, answer in zip(self, answers, strict=True):
            result.value = answer.value

    # === ACTION METHODS === #

    def action_view_call(self):
        """Open the call in which the answer was given."""
        self.ensure_one()
        return self.call_id.get_formview_action()

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_action(self, name, domain):
        """Prepare the action that opens some results.

        :param str name: what they are about
        :rtype: dict
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_campaign_script_result_action"
        )
        title = self.env._("Results: %s", name)
        return {**action, "name": title, "display_name": title, "domain": domain}


class CrmCampaignScript(models.Model):
    """The way from a script to its results."""

    _inherit = "crm.campaign.script"

    def action_view_results(self):
        """Open what people answered to the script, in all its versions."""
        self.ensure_one()
        results = self.env["crm.campaign.script.result"]
        return results._prepare_action(self.name, [("script_name", "=", self.name)])
