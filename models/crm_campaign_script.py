# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CrmCampaignScript(models.Model):
    """What a caller reads out: numbered questions, and the paths that lead from one to the next.

    A script that calls have used is not edited: its answers would no longer tell what was asked.
    One makes a new version of it. What is wrong with a script and its drawing are in
    ``crm_campaign_script_design``. Written by marketing managers; calls mark it as used.
    """

    _name = "crm.campaign.script"
    _description = "Call Script"
    _order = "name, version desc, id"

    name = fields.Char(required=True)
    description = fields.Text()
    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        "res.users", string="Author", default=lambda self: self.env.user, copy=False
    )
    company_ids = fields.Many2many(
        "res.company",
        string="Shared With",
        default=lambda self: self.env.company,
        help="Companies that may use the script. Empty: all of them.",
    )
    # Questions
    question_ids = fields.One2many("crm.campaign.script.question", "script_id", copy=False)
    start_question_id = fields.Many2one(
        "crm.campaign.script.question",
        string="Start",
        copy=False,
        ondelete="set null",
        domain="[('script_id', '=', id)]",
        help="The first question asked.",
    )
    question_count = fields.Integer(string="Questions", compute="_compute_question_count")
    # Versions
    version = fields.Integer(default=1, required=True, readonly=True, copy=False)
    source_id = fields.Many2one(
        "crm.campaign.script",
        string="Copied From",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    is_used = fields.Boolean(
        string="Used",
        readonly=True,
        copy=False,
        help="Calls have used it: it is no longer changed, a new version is.",
    )

    # === COMPUTE METHODS === #

    @api.depends("name", "version")
    def _compute_display_name(self):
        for script in self:
            script.display_name = script.name
            if script.version > 1:
                script.display_name = self.env._(
                    "%(name)s (version %(version)s)", name=script.name, version=script.version
                )

    @api.depends("question_ids")
    def _compute_question_count(self):
        for script in self:
            script.question_count = len(script.question_ids)

    # === CONSTRAINTS === #

    @api.constrains("start_question_id", "question_ids")
    def _check_start(self):
        for script in self:
            if script.start_question_id.script_id - script:
                raise ValidationError(
                    self.env._(
                        "The start of “%(name)s” is a question of another script.", name=script.name
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        if set(vals) - self._get_free_fields():
            self._assert_editable()
        return super().write(vals)

    def unlink(self):
        self._assert_editable()
        # First: a question that paths lead to cannot be deleted.
        self.question_ids.path_ids.unlink()
        return super().unlink()

    def copy_data(self, default=None):
        # EXTENDS base — a copy says so in its name, a version has that of its source
        vals_list = super().copy_data(default)
        if "name" not in (default or {}):
            for script, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%s (copy)", script.name)
        return vals_list

    def copy(self, default=None):
        # EXTENDS base — with the questions, whose paths lead to the copies
        copies = super().copy(default)
        for script, copied in zip(self, copies, strict=True):
            copied.source_id = script
            copied._copy_questions(script)
        return copies

    # === ACTION METHODS === #

    def action_new_version(self):
        """Copy the script as its next version and open it; the earlier ones stay as they are."""
        self.ensure_one()
        versions = self.with_context(active_test=False).search([("name", "=", self.name)])
        new = self.copy({"name": self.name})
        new.version = max(versions.mapped("version")) + 1
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_campaign_script_action"
        )
        return {**action, "res_id": new.id, "views": [(False, "form")]}

    def action_simulate(self):
        """Open the script as a caller goes through it; nothing is stored."""
        self.ensure_one()
        wizard = self.env["crm.campaign.script.simulate"].create({"script_id": self.id})
        return wizard._reopen()

    def action_open_question(self, question_id=False):
        """Open a question in a dialog, or a new one.

        :param int question_id: one of the script's; False = a new one
        """
        self.ensure_one()
        question = self.question_ids.filtered(lambda question: question.id == question_id)
        return {
            "type": "ir.actions.act_window",
            "name": question.display_name if question else self.env._("New Question"),
            "res_model": "crm.campaign.script.question",
            "res_id": question.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_script_id": self.id},
        }

    # === BUSINESS METHODS === #

    @api.model
    def _get_free_fields(self):
        """Name the fields that may be written on a used script: none of what callers see.

        :rtype: set[str]
        """
        return {"active", "company_ids", "user_id", "is_used"}

    def _assert_editable(self):
        """Refuse to change a script that calls have used.

        :raise UserError: names it, and says to make a new version
        """
        used = self.filtered("is_used")[:1]
        if used:
            raise UserError(
                self.env._(
                    "Calls have used the script “%(name)s”: it is no longer changed. Make a new "
                    "version of it.",
                    name=used.display_name,
                )
            )

    def _mark_used(self):
        """Note that a call uses the scripts, which are not edited from then on."""
        # Superuser: who calls may not write scripts. Written once, so that calls do not wait for
        # each other.
        self.sudo().filtered(lambda script: not script.is_used).is_used = True

    def _copy_questions(self, source):
        """Copy the questions of another script, with their paths and the start.

        What an answer was written to is left out where it is no longer permitted.
        """
        self.ensure_one()
        questions = source.question_ids
        vals_list = questions.copy_data({"script_id": self.id})
        for question, vals in zip(questions, vals_list, strict=True):
            if question.write_kind and question._find_write_problem():
                vals.update(write_kind=False, write_field_id=False)
        new_questions = self.env["crm.campaign.script.question"].create(vals_list)
        copied = dict(zip(questions, new_questions, strict=True))
        paths = questions.path_ids
        vals_list = paths.copy_data()
        for path, vals in zip(paths, vals_list, strict=True):
            vals["question_id"] = copied[path.question_id].id
            vals["target_question_id"] = (
                copied[path.target_question_id].id if (path.target_question_id) else False
            )
        self.env["crm.campaign.script.path"].create(vals_list)
        self.start_question_id = copied.get(source.start_question_id, False)
