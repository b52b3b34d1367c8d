# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from ast import literal_eval

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

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
    visibility = fields.Selection(
        [
            ("everybody", "Everybody"),
            ("company", "A Company"),
            ("team", "A Sales Team"),
            ("user", "Only the Owner"),
        ],
        required=True,
        default="company",
        tracking=True,
        help="Who may see and use the target. Only its owner and marketing managers change it.",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        readonly=False,
        index="btree_not_null",
        help="Empty: the target may be used in every company.",
    )
    team_id = fields.Many2one("crm.team", string="Sales Team", index="btree_not_null")
    tag_ids = fields.Many2many("utm.tag", string="Tags")
    description = fields.Text()
    mode = fields.Selection([("query", "Query")], required=True, default="query")
    record_kind = fields.Selection(
        RECORD_KINDS, string="Kind of Record", required=True, default="partner", tracking=True
    )
    res_model = fields.Char(
        string="Model", compute="_compute_res_model", store=True, precompute=True
    )
    domain = fields.Char(string="Criteria", required=True, default="[]", tracking=True)
    operation_ids = fields.One2many("crm.campaign.operation", "target_id", string="Operations")
    operation_count = fields.Integer(
        string="Number of Operations", compute="_compute_operation_count"
    )
    execution_ids = fields.One2many("crm.campaign.execution", "target_id", string="Executions")

    # === COMPUTE METHODS === #

    @api.depends("visibility")
    def _compute_company_id(self):
        for target in self:
            if target.visibility == "everybody":
                target.company_id = False
            else:
                target.company_id = target.company_id or self.env.company

    @api.depends("record_kind")
    def _compute_res_model(self):
        for target in self:
            target.res_model = target._get_models_by_kind()[target.record_kind]

    @api.model
    def _get_models_by_kind(self):
        """Give the model that holds each kind of record. Extended by integrators, who add a kind.

        Such a model inherits ``crm.campaign.target.mixin``, in whose lists figures open.

        :return: record kind -> model name; of several kinds of one model, the widest comes last
        :rtype: dict[str, str]
        """
        return {
            **dict.fromkeys(("company", "contact", "partner"), "res.partner"),
            "lead": "crm.lead",
        }

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

    @api.constrains("visibility", "company_id", "team_id")
    def _check_visibility(self):
        for target in self:
            if target.visibility == "company" and not target.company_id:
                raise ValidationError(
                    self.env._("Name the company that may see target “%s”.", target.name)
                )
            if target.visibility == "team" and not target.team_id:
                raise ValidationError(
                    self.env._("Name the sales team that may see target “%s”.", target.name)
                )

    # === CRUD METHODS === #

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

    def write(self, vals):
        done = super().write(vals)
        if set(vals) - {"name", "description", "tag_ids", "columns"}:
            self.env["crm.campaign.operation"]._void_all_changed_proofs()
        return done

    # === ACTION METHODS === #

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
        :return: query over ``res_model`` that selects ids; archived records are part of it, those
            that were excluded by hand are not
        :rtype: odoo.tools.query.Query
        :raise UserError: the criteria are broken
        :raise AccessError: the user may not read the model or a field of the criteria
        """
        target, People = self._take_place(user, company)
        return target._search_people(People, target._get_kept_domain())

    def _get_targeted_query(self, user=None, company=None, narrowed=Domain.TRUE):
        """Give the people that a departure looks at: those of ``_get_query``, and those that were
        excluded by hand, who get that reason.

        Takes, returns and raises what ``_get_query`` does.

        :param Domain narrowed: what is required besides the target
        """
        target, People = self._take_place(user, company)
        return target._search_people(People, narrowed)

    def _get_hidden_query(self, user, company, narrowed=Domain.TRUE):
        """Give the people that the target names one by one and that ``user`` may not see.

        :param Domain narrowed: what is required besides the target
        :rtype: odoo.tools.query.Query | None
        """
        explicit = self._get_explicit_sql()
        if explicit is None:
            return None
        target, People = self._evaluated_by(user, company)
        domain = target._get_targeted_domain()
        # Superuser: what is found here only becomes a row without address that says so.
        hidden = Domain("id", "in", explicit) & Domain("id", "not in", People._search(domain))
        return People.sudo()._search(domain & hidden & narrowed)

    def _evaluated_by(self, user, company):
        """Put the target in the place of who evaluates it, once its criteria were checked.

        Takes and returns what ``_take_place`` does.

        :raise UserError: the criteria are broken
        """
        target, People = self._take_place(user, company)
        target._assert_domain()
        return target, People

    def _take_place(self, user, company):
        """Put the target in the place of who evaluates it.

        :return: the target as superuser of that user's environment, and the empty recordset in
            which the user's rights hold
        """
        self.ensure_one()
        self.check_access("read")
        People = self._get_people(user, company)
        # Superuser: some modes depend on who evaluates, who may use what the target is made of
        # without reading it. The user's rights on people hold in the search.
        return self.with_env(People.env).sudo(), People

    def _get_people(self, user=None, company=None):
        """Return the empty recordset, with the rights and context that evaluate the target."""
        People = self.env[self.res_model].with_context(
            active_test=False,
            # The targets under evaluation, against criteria that lead back to them.
            crm_campaign_target_path=(
                *self.env.context.get("crm_campaign_target_path", ()),
                *self._origin.ids,
            ),
        )
        if user:
            # The user's language and time zone decide what "today" or "this week" mean.
            context = self.env["res.users"].with_user(user).context_get()
            People = People.with_user(user).with_context(**context)
        if company:
            People = People.with_context(allowed_company_ids=company.ids)
        return People

    def _get_full_domain(self):
        """Return the whole definition: what sets are composed of.

        :rtype: Domain
        """
        self.ensure_one()
        return self._get_targeted_domain() & self._get_kept_domain()

    def _get_kept_domain(self):
        """Return what leaves out who was excluded by hand.

        :rtype: Domain
        """
        excluded = self._get_named_sql("exclusion")
        return Domain("id", "not in", excluded) if excluded else Domain.TRUE

    def _get_targeted_domain(self):
        """Return the definition before the exclusions by hand.

        :rtype: Domain
        """
        self.ensure_one()
        domain = self._get_criteria_domain()
        if added := self._get_named_sql("addition"):
            domain |= Domain("id", "in", added)
        return domain & self._get_kind_domain()

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

    def _retire_kind(self):
        """Keep targets whose kind of record goes away with its addon, archived and without anybody.

        For the ``ondelete`` of the kind: operations and executions refer to these targets, so they
        cannot be deleted, and no other record may take the place of theirs.
        """
        # Superuser: the user who uninstalls may not see every target.
        targets = self.sudo()
        named = [("target_id", "in", targets.ids)]
        self.env["crm.campaign.target.member"].sudo().search(named).unlink()
        targets.write(
            {
                "record_kind": "partner",
                "mode": "query",
                "domain": repr(list(Domain.FALSE)),
                "columns": False,
                "active": False,
            }
        )

    def _is_valid(self):
        """Say whether the criteria can be evaluated for this user."""
        self.ensure_one()
        self.check_access("read")
        try:
            self._assert_domain()
        except (UserError, AccessError):
            return False
        return True

    def _assert_domain(self):
        """Check that the criteria are a literal domain that the database can run.

        Nothing of the criteria is ever evaluated as code. The query is planned by the database
        without being run, which finds what no parser finds (a date compared with a word).

        :raise ValidationError: says what is wrong with the criteria
        """
        self.ensure_one()
        self._search_people(self._get_people())

    def _search_people(self, People, narrowed=Domain.TRUE):
        """Search the targeted people, by criteria that are checked as ``_assert_domain`` says.

        :param People: empty recordset in which the rights hold
        :param Domain narrowed: what is required besides the target
        :rtype: odoo.tools.query.Query
        :raise ValidationError: says what is wrong with the criteria
        """
        try:
            domain = self._get_targeted_domain()
            domain.validate(People)
            query = People._search(domain & narrowed)
            self._assert_planned(query)
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
        return query

    def _assert_someone(self, user, company):
        """Check that the target holds at least one record.

        :raise UserError: nobody, or broken criteria
        """
        self.ensure_one()
        query = self._get_targeted_query(user, company)
        query.limit = 1
        if not self.env.execute_query(query.select()):
            raise UserError(
                self.env._(
                    "Target “%(name)s” is empty: nobody would receive anything.", name=self.name
                )
            )
