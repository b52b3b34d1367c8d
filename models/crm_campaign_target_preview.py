# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, formatLang, mute_logger

from ..cells import get_column


class CrmCampaignTarget(models.Model):
    """What the definition gives right now, for the user who looks: figures, first records, lists.

    A count never keeps anybody waiting: past a time limit it says "more than N".
    """

    _inherit = "crm.campaign.target"

    targeted_count = fields.Integer(
        string="Records",
        compute="_compute_counts",
        help="Archived records and hand-made "
        "exclusions included. When the count takes too long, a number that is certainly reached.",
    )
    targeted_label = fields.Char(string="Number of Records", compute="_compute_counts")
    archived_count = fields.Integer(string="Archived", compute="_compute_counts")
    excluded_count = fields.Integer(string="Excluded by Hand", compute="_compute_counts")
    is_count_partial = fields.Boolean(compute="_compute_counts")
    is_broken = fields.Boolean(compute="_compute_counts")
    preview = fields.Json(compute="_compute_preview")
    columns = fields.Json(
        help="Fields of the preview and of the exports, by name. Empty: the usual ones."
    )

    # Records shown in the preview of the form.
    _preview_limit = 10
    # A count is given up after this time; then up to so many records are counted.
    _count_seconds = 3
    _count_floor = 10000

    # === COMPUTE METHODS === #

    @api.depends(lambda self: self._get_definition_fields())
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_counts(self):
        for target in self:
            figures = {
                "targeted_count": 0,
                "targeted_label": False,
                "archived_count": 0,
                "excluded_count": 0,
                "is_count_partial": False,
                "is_broken": True,
            }
            if target._is_valid():
                figures |= target._count_records()
            target.update(figures)

    @api.depends(lambda self: [*self._get_definition_fields(), "columns"])
    @api.depends_context("uid", "lang", "tz", "allowed_company_ids")
    def _compute_preview(self):
        """Show the first records: ``{"columns": [label, …], "rows": [{"id", "active", "cells"}]}``.

        None when the criteria are broken or take too long.
        """
        for target in self:
            target.preview = target._prepare_preview() if target._is_valid() else None

    # === ACTION METHODS === #

    def action_view_records(self):
        """Open the people of the target as they are now, without those excluded by hand."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self.res_model,
            "view_mode": "list,kanban,form",
            "domain": [("campaign_target_ids", "in", self.ids)],
            "context": {"active_test": False, "create": False},
        }

    def action_export(self):
        """Download the people of the target with the chosen columns; context: ``file_format``."""
        self.ensure_one()
        file_format = self.env.context.get("file_format", "xlsx")
        return {
            "type": "ir.actions.act_url",
            "url": f"/crm_campaign/target/{self.id}/records.{file_format}",
            "target": "download",
        }

    def action_new_operation(self):
        """Open the assistant for an operation on the target."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign.crm_campaign_operation_assistant_action"
        )
        action["context"] = {
            "default_audience": "target",
            "default_target_id": self.id,
            "default_name": self.name,
        }
        return action

    # === BUSINESS METHODS === #

    def _count_records(self):
        """Count the records, within the time limit.

        :return: values of the figures' fields
        :rtype: dict
        """
        People = self._get_people()
        query = People._search(self._get_targeted_domain())
        active = People._fields.get(People._active_name or "")
        excluded = self._get_named_sql("exclusion")
        person = SQL.identifier(query.table, "id")
        counts = self._query_within_time(
            query.select(
                SQL("count(*)"),
                SQL("count(*) FILTER (WHERE NOT %s)", SQL.identifier(query.table, active.name))
                if active
                else SQL("0"),
                SQL("count(*) FILTER (WHERE %s IN %s)", person, excluded) if excluded else SQL("0"),
            )
        )
        if counts:
            count, archived, by_hand = counts[0]
            label = formatLang(self.env, count, digits=0)
        else:
            count, archived, by_hand = self._count_some(query), 0, 0
            label = self.env._("more than %s", formatLang(self.env, count, digits=0))
        return {
            "targeted_count": count,
            "targeted_label": label,
            "archived_count": archived,
            "excluded_count": by_hand,
            "is_count_partial": not counts,
            "is_broken": False,
        }

    def _count_some(self, query):
        """Count up to a number of records that can be counted in time; 0 when even that cannot."""
        query.limit = self._count_floor
        rows = self._query_within_time(
            SQL("SELECT count(*) FROM (%s) AS counted", query.select(SQL("1")))
        )
        return rows[0][0] if rows else 0

    def _query_within_time(self, sql):
        """Run a query that the database gives up after the time limit.

        :return: rows, or None when it took too long
        :rtype: list[tuple] | None
        """
        limit = (
            self.env["ir.config_parameter"]
            .sudo()
            .get_param("crm_campaign.count_timeout_seconds", self._count_seconds)
        )
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                [(before,)] = self.env.execute_query(SQL("SHOW statement_timeout"))
                set_timeout = "SELECT set_config('statement_timeout', %s, true)"
                self.env.execute_query(SQL(set_timeout, str(int(float(limit) * 1000))))
                rows = self.env.execute_query(sql)
                self.env.execute_query(SQL(set_timeout, before))
                return rows
        except psycopg2.errors.QueryCanceled:
            return None

    def _prepare_preview(self):
        """Read the first records with the chosen columns.

        :rtype: dict | None
        """
        People = self._get_people()
        query = People._search(self._get_full_domain(), limit=self._preview_limit, order="id")
        rows = self._query_within_time(query.select())
        if rows is None:
            return None
        records = People.browse([row[0] for row in rows])
        columns = self._get_columns(on_screen=True)
        return {
            "columns": [label for label, _get_text in columns],
            "rows": [
                {
                    "id": record.id,
                    "active": record[record._active_name] if record._active_name else True,
                    "cells": [get_text(record) for _label, get_text in columns],
                }
                for record in records
            ],
        }

    def _get_columns(self, on_screen=False):
        """Give the columns of the preview and of the exports, the name first. Extended by
        integrators.

        :param bool on_screen: dates as the user reads them, not as spreadsheets do
        :return: pairs of a label and a function of a record that returns a text
        :rtype: list[tuple[str, Callable]]
        """
        self.ensure_one()
        People = self.env[self.res_model]
        chosen = self.columns if isinstance(self.columns, list) else []
        names = [
            name
            for name in chosen or self._get_default_columns()
            # What came by RPC may be anything; what is gone or may not be read is left out.
            if isinstance(name, str)
            and name in People._fields
            and People._has_field_access(People._fields[name], "read")
        ]
        return [get_column(People, name, on_screen) for name in names]

    def _get_default_columns(self):
        """Return the names of the columns shown when none was chosen. Extended by integrators.

        :return: names of fields of ``res_model``; what the user may not read is left out
        :rtype: list[str]
        """
        People = self.env[self.res_model]
        if self.res_model == "crm.lead":
            names = ["name", "contact_name", "email_from", "phone", "stage_id", "user_id"]
        else:
            names = ["display_name", "email", "phone", "zip", "city", "category_id"]
        return [name for name in names if name in People._fields]

    def _forget_figures(self):
        """Have the figures computed again: something outside the ORM changed what they count."""
        self.invalidate_recordset(
            [
                "targeted_count",
                "excluded_count",
                "addition_count",
                "exclusion_count",
                "preview",
                "named_origins",
            ]
        )
        self.env["crm.campaign.operation"]._void_all_changed_proofs()

    # === HELPERS === #

    @api.model
    def _get_targets_domain(self, operator, value):
        """Give the records of targets, to search for them from their own model.

        :param value: ids or names of targets, as in a domain on a many2many field
        :rtype: Domain
        """
        if operator not in ("in", "any"):
            return NotImplemented
        if operator == "any":
            targets = self.search(value)
        else:
            targets = self.browse([id_ for id_ in value if isinstance(id_, int)])
        targets.check_access("read")
        path = self.env.context.get("crm_campaign_target_path", ())
        if circular := targets.filtered(lambda target: target.id in path):
            raise ValidationError(
                self.env._("Target “%s” cannot be part of its own criteria.", circular[0].name)
            )
        return Domain.OR(Domain("id", "in", target._get_query()) for target in targets)
