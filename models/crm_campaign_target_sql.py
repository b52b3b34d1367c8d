# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..readonly_sql import ReadOnlySelect, SqlRefused

DEFAULT_TIMEOUT_SECONDS = 10


class CrmCampaignTarget(models.Model):
    """SQL: what no criteria can say, written by administrators and used by all.

    The query only proposes ids. They become part of an ordinary domain, so record rules, the kind
    of record and set operations hold as for every other target. ``readonly_sql.py`` tells how the
    query is kept from doing or reading anything else.
    """

    _inherit = "crm.campaign.target"

    mode = fields.Selection(selection_add=[("sql", "SQL")], ondelete={"sql": "cascade"})
    sql_text = fields.Text(
        string="SQL Query",
        groups="base.group_system",
        copy=False,  # see copy_data
        tracking=True,
        help="One SELECT that gives the ids of the records, in one column.",
    )

    # === CONSTRAINTS === #

    @api.constrains("domain", "record_kind", "mode", "sql_text")
    def _check_domain(self):
        # EXTENDS crm_campaign — the author first: nothing of a stranger's query is ever run
        for target in self.sudo(False):
            if target.mode == "sql" and not target._is_sql_author():
                raise AccessError(
                    self.env._("Only administrators may make or change a target of mode SQL.")
                )
        return super()._check_domain()

    # === CRUD METHODS === #

    def copy_data(self, default=None):
        # EXTENDS crm_campaign — a user who may not read the query still copies other targets
        vals_list = super().copy_data(default)
        if self._is_sql_author():
            for target, vals in zip(self, vals_list, strict=True):
                vals.setdefault("sql_text", target.sql_text)
        return vals_list

    # === BUSINESS METHODS === #

    def _get_criteria_domain(self):
        # EXTENDS crm_campaign — the ids that the query gives
        if self.mode != "sql":
            return super()._get_criteria_domain()
        return Domain("id", "in", SQL("(SELECT unnest(%s::int[]))", self._get_sql_ids()))

    @api.model
    def _get_definition_fields(self):
        # EXTENDS crm_campaign — follow the query
        owners = ("", "set_first_id.", "set_member_ids.")
        return [*super()._get_definition_fields(), *(f"{owner}sql_text" for owner in owners)]

    def _get_definition(self):
        # EXTENDS crm_campaign — with the query
        definition = super()._get_definition()
        return (definition, self.sudo().sql_text) if self.mode == "sql" else definition

    def _describe_criteria(self):
        # EXTENDS crm_campaign — whose query, and which; not its text, which few may read
        if self.mode != "sql":
            return super()._describe_criteria()
        # Superuser: of the text, only the digest is told
        text = self.sudo().sql_text or ""
        described = self.env._(
            "SQL query of %(author)s on %(date)s (%(digest)s)",
            author=self.sudo().write_uid.name,
            date=format_date(self.env, self.write_date),
            digest=sha256(text.encode()).hexdigest()[:12],
        )
        return f"{self._describe_kind()}{described}"

    def _get_sql_ids(self):
        """Run the query with the rights of the user, once in a transaction.

        As the transaction itself, the result does not change until it ends.

        :return: ids as a PostgreSQL array literal
        :rtype: str
        :raise ValidationError: the query was refused
        """
        text = self._get_sql_text()
        env = self.sudo(False).env
        companies = tuple(env.context.get("allowed_company_ids") or ())
        key = (text, self.res_model, env.uid, companies)
        known = env.cr.cache.setdefault("crm_campaign.sql", {})
        if key not in known:
            table = self.env[self.res_model]._table
            try:
                known[key] = ReadOnlySelect(env, text, table, self._get_sql_timeout()).get_ids()
            except SqlRefused as refusal:
                known[key] = refusal
        if isinstance(known[key], SqlRefused):
            raise ValidationError(
                self.env._(
                    "The SQL of target “%(name)s” was refused: %(reason)s.",
                    name=self.name or "",
                    reason=str(known[key]),
                )
            )
        return known[key]

    def _get_sql_text(self):
        """Return the query that may be run: what is typed in a form runs for administrators only.

        :raise ValidationError: there is none
        """
        target = self if self._is_sql_author() else self._origin
        # Superuser: whoever may use the target runs its query without reading it
        text = target.sudo().sql_text
        if not text or not text.strip():
            raise ValidationError(
                self.env._("Target “%(name)s” has no SQL query.", name=self.name or "")
            )
        return text

    def _is_sql_author(self):
        """Tell whether the user may write SQL."""
        return self.env.user.has_group("base.group_system")

    @api.model
    def _get_sql_timeout(self):
        """Return the seconds that a query may take; one at least, as zero means no limit."""
        # Superuser: a setting of the server, of which nothing is shown
        value = (
            self.env["ir.config_parameter"]
            .sudo()
            .get_param("crm_campaign.sql_timeout_seconds", DEFAULT_TIMEOUT_SECONDS)
        )
        return max(1, int(value))
