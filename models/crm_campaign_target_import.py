# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import io
import itertools

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import IMPORT_STATES
from ..tools.people_file import describe_headers

# Written by the import itself; who could write them could run it with somebody else's rights.
PROTECTED_FIELDS = {
    *("state", "error_message", "user_id", "company_id", "attempt_count", "finished_at"),
    *("line_count", "matched_count", "created_count", "ambiguous_count", "rejected_count"),
    "duplicate_count",
}


class CrmCampaignTargetImport(models.Model):
    """A file of people that is brought into a target, and what became of each of its lines.

    Whole or not at all: one transaction recognises the people, creates those that are missing,
    notes them in the target and writes the report. Run with the rights of whoever pressed the
    button; at once when the file is small, else by a job.
    """

    _name = "crm.campaign.target.import"
    _description = "Campaign Target Import"
    _order = "id desc"
    _rec_name = "file_name"

    target_id = fields.Many2one(
        "crm.campaign.target", required=True, ondelete="cascade", index=True
    )
    record_kind = fields.Selection(related="target_id.record_kind")
    file = fields.Binary(
        attachment=True, copy=False, help="CSV or XLSX. Deleted after 90 days, as is the report."
    )
    file_name = fields.Char()
    # How people are recognised, in this order: the first rule that finds somebody decides
    match_reference = fields.Boolean(string="Reference", default=True)
    match_email = fields.Boolean(string="Email", default=True)
    match_phone = fields.Boolean(string="Phone")
    match_name = fields.Boolean(string="Name and Company")
    create_missing = fields.Boolean(
        string="Create Unknown People", help="Nobody is created from a line without name or email."
    )
    replace = fields.Boolean(
        string="Replace Earlier Files",
        help="Only the people of this file stay; what was added or excluded by hand stays anyway.",
    )
    # What became of it
    user_id = fields.Many2one(
        "res.users", string="By", default=lambda self: self.env.user, readonly=True
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        index=True,
        help="People of this company, and those shared by all, are recognised.",
    )
    state = fields.Selection(
        IMPORT_STATES, required=True, default="draft", readonly=True, index=True
    )
    error_message = fields.Text(readonly=True)
    attempt_count = fields.Integer(readonly=True)
    finished_at = fields.Datetime(string="Finished On", readonly=True)
    line_count = fields.Integer(string="Lines", readonly=True)
    matched_count = fields.Integer(string="People Recognised", readonly=True)
    created_count = fields.Integer(string="People Created", readonly=True)
    ambiguous_count = fields.Integer(string="Ambiguous Lines", readonly=True)
    rejected_count = fields.Integer(string="Rejected Lines", readonly=True)
    duplicate_count = fields.Integer(string="Repeated Lines", readonly=True)
    problem_line_ids = fields.Many2many(
        "crm.campaign.target.import.line", compute="_compute_problem_line_ids"
    )
    accepted_headers = fields.Text(compute="_compute_accepted_headers")

    # Limits of a file; the size may be set by a system parameter
    _max_megabytes = 64
    _max_lines = 1_000_000
    _max_new_people = 20_000
    # Up to here the user may wait for the result
    _small_lines = 2_000
    _small_bytes = 500_000
    _problem_limit = 20
    _retention_days = 90

    # === COMPUTE METHODS === #

    @api.depends("target_id")
    def _compute_company_id(self):
        for record in self:
            record.company_id = record.target_id.company_id or self.env.company

    @api.depends("state")
    def _compute_problem_line_ids(self):
        Line = self.env["crm.campaign.target.import.line"]
        for record in self:
            record.problem_line_ids = Line.search(
                [
                    ("import_id", "=", record._origin.id),
                    ("status", "in", ("ambiguous", "rejected")),
                ],
                limit=self._problem_limit,
            )

    @api.depends_context("lang")
    def _compute_accepted_headers(self):
        headers = "\n".join(": ".join(pair) for pair in self._get_accepted_headers())
        self.accepted_headers = headers

    # === CONSTRAINTS === #

    @api.constrains("file")
    def _check_file_size(self):
        for record in self:
            record._assert_file_size()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._assert_writable(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._assert_writable(vals)
        if not self.env.su and self.filtered(lambda record: record.state in ("queued", "done")):
            raise UserError(self.env._("A file that was handed over cannot be changed any more."))
        return super().write(vals)

    @api.model
    def _assert_writable(self, vals):
        if not self.env.su and PROTECTED_FIELDS & vals.keys():
            raise AccessError(self.env._("What became of a file is not written by hand."))

    # === ACTION METHODS === #

    def action_import(self):
        """Bring the file into the target: now when it is small, else by the job.

        :return: action that shows what became of it
        :raise UserError: it cannot even begin (no file, no rule, no right on the target)
        """
        self.ensure_one()
        self._assert_ready()
        # Superuser: what the import writes about itself; the rights were checked just now.
        self.sudo().write(
            {"state": "queued", "user_id": self.env.uid, "error_message": False, "attempt_count": 0}
        )
        if self._is_small():
            self._process()
        else:
            self.env.ref("crm_campaign.ir_cron_import").sudo()._trigger()
        return self._get_form_action()

    def action_view_lines(self):
        """Open the report; the context names a status in ``import_status``, or all."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_campaign_target_import_line_action"
        )
        action["domain"] = [("import_id", "=", self.id)]
        action["context"] = {"create": False}
        if status := self.env.context.get("import_status"):
            action["context"][f"search_default_{status}"] = 1
        return action

    def _get_form_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [
                (self.env.ref("crm_campaign.crm_campaign_target_import_view_form").id, "form")
            ],
        }

    # === BUSINESS METHODS - THE STORY === #

    def _process(self):
        """Recognise, create, note, report: all of it, or nothing but the reason why not.

        Entering the savepoint writes what the ORM holds back: the statements read it.
        """
        self.ensure_one()
        queued = self.attempt_count
        try:
            with self.env.cr.savepoint():
                self._assert_rights()
                self._stage_lines()
                self._match_lines()
                self._settle_unknown_lines()
                self._create_people()
                self._save_members()
                self._save_lines()
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            raise  # a conflict or a lost connection: the same again may well succeed
        except Exception as error:  # noqa: BLE001 - whatever breaks belongs to this file
            self._fail(self._describe_error(error))
        if queued:
            self._notify_author()

    def _fail(self, message):
        # Superuser: as in action_import.
        self.sudo().write(
            {"state": "failed", "error_message": message, "finished_at": fields.Datetime.now()}
        )

    # === BUSINESS METHODS - CHECKS === #

    def _assert_ready(self):
        """Check what the user can put right before anything happens.

        :raise UserError: says what is missing
        :raise AccessError: no right to change the target
        """
        self.check_access("write")
        self.target_id.check_access("write")
        if self.state not in ("draft", "failed"):
            raise UserError(self.env._("This file was handed over already."))
        if self.target_id.mode != "import":
            raise UserError(
                self.env._("Target “%s” does not take files: change its mode.", self.target_id.name)
            )
        if not self._get_file_size():
            raise UserError(self.env._("Choose a file first."))
        self._assert_file_size()
        self._assert_rights()

    def _assert_rights(self):
        """Check what the author may do, when the file is handed over and when the job takes it.

        :raise UserError: no rule, or people that this user may not create
        """
        self.target_id.check_access("write")
        People = self._get_people()
        if not self._get_rules(People._search([])):
            raise UserError(
                self.env._("Say how people are recognised: choose at least one rule for this kind.")
            )
        if not self.create_missing:
            return
        if self.record_kind == "lead":
            raise UserError(self.env._("A file creates contacts or companies, and no leads."))
        if not People.has_access("create"):
            raise UserError(
                self.env._(
                    "You may not create contacts: do without creating unknown people, or ask an "
                    "administrator for that right."
                )
            )

    def _assert_file_size(self):
        """:raise UserError: the file is too big."""
        limit = int(
            self.env["ir.config_parameter"]
            .sudo()  # Superuser: a limit that everybody may know
            .get_param("crm_campaign.import_max_mb", self._max_megabytes)
        )
        size = self._get_file_size()
        if size > limit * 1024**2:
            raise UserError(
                self.env._(
                    "“%(file)s” takes %(size)s MB, more than the %(limit)s MB that are accepted: "
                    "split it, or leave out the columns that do not serve.",
                    file=self.file_name or "",
                    size=round(size / 1024**2, 1),
                    limit=limit,
                )
            )

    def _is_small(self):
        """Tell whether the user may wait for the result.

        Creating takes much longer than recognising: then only the number of lines counts.
        """
        limit = self._small_bytes // 5 if self.create_missing else self._small_bytes
        if self._get_file_size() <= limit:
            return True
        with self._open_file() as file:
            is_text = file.read(2) != b"PK"
            lines = itertools.islice(file, self._small_lines)
            return is_text and sum(1 for _line in lines) < self._small_lines

    # === HELPERS === #

    def _get_people(self):
        """Return the empty recordset of the target's records, as the author sees them here."""
        return self.target_id._get_people(self.env.user, self.company_id)

    def _get_attachment(self):
        """Return what holds the file.

        Superuser: attachments of a field are for who may read the record, which is checked.
        """
        self.check_access("read")
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", "file"),
                    ("res_id", "=", self.id),
                ],
                limit=1,
            )
        )

    def _get_file_size(self):
        """Return the size of the file in bytes, without reading it."""
        return self._get_attachment().file_size

    def _open_file(self):
        """Open the file for reading, from disk where the host keeps it there.

        :rtype: BinaryIO
        """
        attachment = self._get_attachment()
        if attachment.store_fname:
            return open(attachment._full_path(attachment.store_fname), "rb")
        return io.BytesIO(attachment.raw or b"")

    @api.model
    def _get_accepted_headers(self):
        """Give the label of each field and the first headers that it is recognised by.

        :rtype: list[tuple[str, str]]
        """
        labels = {
            "reference": self.env._("Reference"),
            "email": self.env._("Email"),
            "phone": self.env._("Phone"),
            "name": self.env._("Name"),
            "first_name": self.env._("First name"),
            "last_name": self.env._("Last name"),
            "company": self.env._("Company"),
        }
        examples = describe_headers()
        return [(label, ", ".join(examples[field])) for field, label in labels.items()]
