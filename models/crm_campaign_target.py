# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from ast import literal_eval

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, mute_logger

from ..const import RECORD_KINDS


class CrmCampaignTarget(models.Model):
    """The definition of who; never a list of people.

    Evaluated again at every use, as a given user and company, so that record rules hold.
    Archived people are part of the evaluation: departure excludes them with that reason, which is
    how the figures of a target, of its preview and of its executions agree.
    """

    _name = "crm.campaign.target"
    _description = "Campaign Target"
    _inherit = ["mail.thread", "crm.campaign.numbered.mixin"]
    _order = "name, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        "res.users", string="Owner", default=lambda self: self.env.user, index=True, tracking=True
    )
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        index="btree_not_null",
        help="Empty: the target may be used in every company.",
    )
    description = fields.Text()
    mode = fields.Selection([("query", "Query")], required=True, default="query")
    record_kind = fields.Selection(
        RECORD_KINDS, string="Kind of Record", required=True, default="partner", tracking=True
    )
    res_model = fields.Char(
        string="Model", compute="_compute_res_model", store=True, precompute=True
    )
    domain = fields.Char(string="Criteria", required=True, default="[]", tracking=True)
    # What the criteria give, for the user who looks
    targeted_count = fields.Integer(string="Records", compute="_compute_counts")
    archived_count = fields.Integer(string="Archived", compute="_compute_counts")
    preview_ids = fields.Many2many(
        "res.partner",
        compute="_compute_preview_ids",
        context={"active_test": False},
    )
    is_broken = fields.Boolean(compute="_compute_counts")
    operation_ids = fields.One2many("crm.campaign.operation", "target_id", string="Operations")
    operation_count = fields.Integer(
        string="Number of Operations", compute="_compute_operation_count"
    )

    # Records shown in the preview of the form.
    _preview_limit = 10

    # === COMPUTE METHODS === #

    @api.depends("record_kind")
    def _compute_res_model(self):
        for target in self:
            target.res_model = target._get_models_by_kind()[target.record_kind]

    @api.model
    def _get_models_by_kind(self):
        """Give the model that holds each kind of record.

        :return: record kind -> model name
        :rtype: dict[str, str]
        """
        return dict.fromkeys(("company", "contact", "partner"), "res.partner")

    @api.depends("domain", "record_kind")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_counts(self):
        for target in self:
            domain = target._get_valid_domain()
            target.is_broken = domain is None
            if domain is None:
                target.targeted_count = target.archived_count = 0
                continue
            counts = dict(
                self.env[target.res_model]
                .with_context(active_test=False)
                ._read_group(domain, ["active"], ["__count"])
            )
            target.targeted_count = sum(counts.values())
            target.archived_count = counts.get(False, 0)

    @api.depends("domain", "record_kind")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_preview_ids(self):
        for target in self:
            domain = target._get_valid_domain()
            People = self.env[target.res_model].with_context(active_test=False)
            target.preview_ids = (
                People.browse()
                if domain is None
                else People.search(domain, limit=self._preview_limit)
            )

    def _compute_operation_count(self):
        counts = dict(
            self.env["crm.campaign.operation"]._read_group(
                [("target_id", "in", self.ids)], ["target_id"], ["__count"]
            )
        )
        for target in self:
            target.operation_count = counts.get(target._origin, 0)

    # === CONSTRAINTS === #

    @api.constrains("domain", "record_kind")
    def _check_domain(self):
        # The ORM checks constraints as superuser: check as the author, who must have the right to
        # read what the criteria name.
        for target in self.sudo(False):
            target._assert_domain()

    # === CRUD METHODS === #

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if "name" not in (default or {}):
            for target, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%s (copy)", target.name)
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """Keep the definitions that operations refer to.

        Superuser: an operation of another company counts too, and nothing of it is shown.
        """
        used = (
            self.env["crm.campaign.operation"]
            .sudo()
            ._read_group([("target_id", "in", self.ids)], ["target_id"])
        )
        if used:
            raise UserError(
                self.env._(
                    "Target “%(name)s” is used by operations: archive it instead of deleting it.",
                    name=used[0][0].name,
                )
            )

    # === ACTION METHODS === #

    def action_view_records(self):
        """Open the people of the target as they are now."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self.res_model,
            "view_mode": "list,kanban,form",
            "domain": list(self._get_full_domain()),
            "context": {"active_test": False, "create": False},
        }

    def action_view_operations(self):
        """Open the operations that use the target."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_campaign_operation_action"
        )
        action["domain"] = [("target_id", "=", self.id)]
        action["context"] = {"default_target_id": self.id}
        return action

    # === BUSINESS METHODS === #

    def _get_query(self, user=None, company=None):
        """Give the people of the target, as ``user`` may see them, without reading them.

        :param user: user whose rights hold; the current one by default
        :param company: company in whose context rules and properties are evaluated; the user's
            current companies by default
        :return: query over ``res_model`` that selects ids; archived records are part of it
        :rtype: odoo.tools.query.Query
        :raise UserError: the criteria are broken
        :raise AccessError: the user may not read the model or a field of the criteria
        """
        self.ensure_one()
        self._assert_domain()
        People = self._get_people(user, company)
        return People._search(self._get_full_domain())

    def _get_people(self, user=None, company=None):
        """Return the empty recordset, with the rights and context that evaluate the target."""
        People = self.env[self.res_model].with_context(active_test=False)
        if user:
            # The user's language and time zone decide what "today" or "this week" mean.
            context = self.env["res.users"].with_user(user).context_get()
            People = People.with_user(user).with_context(**context)
        if company:
            People = People.with_context(allowed_company_ids=company.ids)
        return People

    def _get_full_domain(self):
        """Return the criteria together with the kind of record.

        :rtype: Domain
        """
        self.ensure_one()
        return self._get_criteria_domain() & self._get_kind_domain()

    def _get_criteria_domain(self):
        """Return what the criteria alone require, by mode. Extended by integrators.

        :rtype: Domain
        :raise ValueError: the criteria are no literal domain
        """
        return Domain(literal_eval(self.domain or "[]"))

    def _get_kind_domain(self):
        """Return what the kind of record alone requires. Extended by integrators.

        :rtype: Domain
        """
        domains = {
            "company": Domain("is_company", "=", True),
            "contact": Domain("is_company", "=", False),
        }
        return domains.get(self.record_kind, Domain.TRUE)

    def _get_valid_domain(self):
        """Return the full domain, or None when the criteria are broken for this user."""
        self.ensure_one()
        self.check_access("read")
        try:
            self._assert_domain()
        except (UserError, AccessError):
            return None
        return self._get_full_domain()

    def _assert_domain(self):
        """Check that the criteria are a literal domain that the database can run.

        Nothing of the criteria is ever evaluated as code. The query is planned by the database
        without being run, which finds what no parser finds (a date compared with a word).

        :raise ValidationError: says what is wrong with the criteria
        """
        self.ensure_one()
        People = self.env[self.res_model]
        try:
            domain = self._get_full_domain()
            domain.validate(People)
            query = People._search(domain)
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        except AccessError:
            raise
        except (ValueError, SyntaxError, TypeError, KeyError, MemoryError, psycopg2.Error) as error:
            raise ValidationError(
                self.env._(
                    "The criteria of target “%(name)s” cannot be used: %(error)s",
                    name=self.name,
                    error=str(error).splitlines()[0] if str(error) else type(error).__name__,
                )
            ) from error

    def _assert_someone(self, user, company):
        """Check that the target holds at least one record.

        :raise UserError: nobody, or broken criteria
        """
        self.ensure_one()
        query = self._get_query(user, company)
        query.limit = 1
        if not self.env.execute_query(query.select()):
            raise UserError(
                self.env._(
                    "Target “%(name)s” is empty: nobody would receive anything.", name=self.name
                )
            )

    def _describe_criteria(self):
        """Put the definition in words, to be kept with what was done with it.

        :rtype: str
        """
        self.ensure_one()
        kinds = dict(self._fields["record_kind"]._description_selection(self.env))
        return f"{kinds[self.record_kind]} · {self.domain}"
