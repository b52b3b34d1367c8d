# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..const import PATH_KINDS
from ..tools.script_answer import fold
from ..tools.script_path import SIDES, Path

SIGNS = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}


class CrmCampaignScriptPath(models.Model):
    """A way on from a question: under which condition, and to which one.

    Written by marketing managers, unless the script is used.
    """

    _name = "crm.campaign.script.path"
    _description = "Path of a Call Script"
    _order = "question_id, sequence, id"
    _rec_name = "kind"

    question_id = fields.Many2one(
        "crm.campaign.script.question", required=True, ondelete="cascade", index=True
    )
    script_id = fields.Many2one(related="question_id.script_id")
    answer_type = fields.Selection(related="question_id.answer_type")
    allowed_kinds = fields.Json(related="question_id.allowed_kinds")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(PATH_KINDS, string="Condition", required=True, default="next")
    target_question_id = fields.Many2one(
        "crm.campaign.script.question",
        string="Leads to",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('script_id', '=', script_id)]",
        help="Empty: the end.",
    )
    # What the answer is compared with
    words = fields.Text(
        help="Up to ten words or phrases, one a line or with commas or semicolons between them; "
        "one that is found is enough. Letter case and accents do not count.",
    )
    low_number = fields.Float(digits=(16, 6))
    high_number = fields.Float(digits=(16, 6))
    low_date = fields.Date()
    high_date = fields.Date()
    needs_words = fields.Boolean(compute="_compute_needs")
    needs_low = fields.Boolean(compute="_compute_needs")
    needs_high = fields.Boolean(compute="_compute_needs")

    # === COMPUTE METHODS === #

    @api.depends("kind")
    def _compute_needs(self):
        for path in self:
            low, high = SIDES.get(path.kind, (None, None))
            path.needs_words = path.kind in ("starts_with", "contains", "ends_with", "one_of")
            path.needs_low = low is not None
            path.needs_high = high is not None

    # === CONSTRAINTS === #

    @api.constrains("target_question_id", "question_id")
    def _check_target(self):
        for path in self:
            target = path.target_question_id
            if target and target.script_id != path.question_id.script_id:
                raise ValidationError(
                    self.env._(
                        "A path of question “%(origin)s” leads to a question of another script.",
                        origin=path.question_id.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        paths = super().create(vals_list)
        paths.question_id.script_id._assert_editable()
        return paths

    def write(self, vals):
        self.question_id.script_id._assert_editable()
        done = super().write(vals)
        # Where it was moved to.
        self.question_id.script_id._assert_editable()
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self.question_id.script_id._assert_editable()

    # === BUSINESS METHODS === #

    def _get_path(self):
        """Return the path as ``tools/script_path.py`` knows it.

        :rtype: Path
        """
        self.ensure_one()
        target = self.target_question_id
        low, high = self._get_bounds()
        return Path(
            self.kind, target._get_key() if target else None, tuple(self._get_words()), low, high
        )

    def _get_bounds(self):
        """Return the bounds of the type of the answer; None = there is no such bound.

        :rtype: tuple
        """
        if self.answer_type == "date":
            bounds = self.low_date or None, self.high_date or None
        else:
            bounds = self.low_number, self.high_number
        sides = SIDES.get(self.kind, (None, None))
        return tuple(
            bound if side is not None else None for bound, side in zip(bounds, sides, strict=True)
        )

    def _get_words(self):
        """List the words or phrases that an answer is compared with, or the choices.

        A choice may have commas in its name; it is known whatever its letter case and accents.

        :rtype: list[str]
        """
        self.ensure_one()
        if not self.needs_words:
            return []
        choices = {fold(choice): choice for choice in self.question_id._get_choices()}
        words = []
        for line in (self.words or "").splitlines():
            words += [line] if fold(line) in choices else re.split("[,;]", line)
        words = [word.strip() for word in words if word.strip()]
        return [choices.get(fold(word), word) for word in words]

    def _describe(self):
        """Put the condition in a few words, in the language of the context.

        :rtype: str
        """
        self.ensure_one()
        kind = dict(self._fields["kind"]._description_selection(self.env)).get(self.kind, "")
        if self.needs_words:
            words = ", ".join(self._get_words())
            return words if self.kind == "one_of" else f"{kind} {words}".strip()
        low, high = map(self._format, self._get_bounds())
        if self.kind == "between":
            return self.env._("between %(low)s and %(high)s", low=low, high=high)
        value = low if self.needs_low else high
        return f"{SIGNS.get(self.kind, kind)} {value}".strip()

    def _describe_target(self):
        """Return the number of the question it leads to, or that it is the end.

        :rtype: str
        """
        self.ensure_one()
        if self.kind == "quit" or not self.target_question_id:
            return self.env._("end")
        return str(self.target_question_id.number)

    def _format(self, bound):
        """Put a bound in words.

        :rtype: str
        """
        if bound is None:
            return ""
        if isinstance(bound, float):
            return f"{bound:g}" if abs(bound) < 1e6 else str(bound)
        return format_date(self.env, bound)
