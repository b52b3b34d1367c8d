# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from ast import literal_eval

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, mute_logger, ormcache


class CrmCampaignTarget(models.Model):
    """What a target is defined by, to know when it changes, and whether it can be searched."""

    _inherit = "crm.campaign.target"

    # === BUSINESS METHODS === #

    @api.model
    def _get_definition_fields(self):
        """Name the fields on which figures, preview and words depend. Extended by modes.

        :return: names and paths, as for ``api.depends``
        :rtype: list[str]
        """
        return ["mode", "domain", "record_kind"]

    def _get_definition(self):
        """Return what the target is defined by, to know whether it changed. Extended by modes.

        :return: anything whose ``repr`` changes with the definition
        """
        self.ensure_one()
        named = [target._get_definition() for target in self._get_criteria_targets()]
        return (self.id, self.mode, self.record_kind, self.domain, named)

    def _get_criteria_targets(self):
        """Return the other targets that the criteria name, as far as they exist.

        Superuser: whoever looks whether the definition changed is shown nothing of them.
        """
        try:
            domain = Domain(literal_eval(self.domain or "[]"))
        except (ValueError, SyntaxError, TypeError, MemoryError):
            return self.browse()
        ids = set(find_target_ids(domain))
        path = self.env.context.get("crm_campaign_target_path", ())
        named = self.sudo().browse(sorted(ids - {self.id, *path})).exists()
        return named.with_context(crm_campaign_target_path=(*path, self.id))

    def _assert_planned(self, query):
        """Have the database plan a search without running it.

        :raise psycopg2.Error: it cannot
        """
        if self.mode == "query":
            self._plan_once(query)
        else:
            self._plan(query)

    @ormcache("self.res_model", "self.record_kind", "self.domain")
    def _plan_once(self, query):
        """Plan a search; what could be planned once is not planned again until fields change.

        Fifty tasks of one minute would plan what was planned the day before.
        """
        self._plan(query)
        return True

    def _plan(self, query):
        with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
            self.env.execute_query(SQL("EXPLAIN %s", query.select()))


def find_target_ids(domain):
    """Give the ids of the targets that a domain names, also through relations.

    :param Domain domain: criteria of a target
    :rtype: Iterator[int]
    """
    for condition in domain.iter_conditions():
        if isinstance(condition.value, Domain):
            yield from find_target_ids(condition.value)
        elif condition.field_expr.endswith("campaign_target_ids"):
            values = condition.value if condition.operator in ("in", "not in") else ()
            yield from (value for value in values if isinstance(value, int))
