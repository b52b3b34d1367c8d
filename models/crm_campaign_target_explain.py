# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date

from ..cells import get_formatter

# Values of a field with several records that are shown.
SHOWN_VALUES = 5
# Modes that name their records one by one: there is one criterion, to be named or not.
WHOLE_MODES = ("import", "sql", "execution")


class CrmCampaignTarget(models.Model):
    """Why a record is in a target or not: every criterion with its value and its result.

    A node is ``{"label": str, "passed": bool, "value": str, "connective": "and" | "or" | "not" |
    "", "children": [node, …]}``. Evaluated one by one as the user who asks, by the database.
    """

    _inherit = "crm.campaign.target"

    # === BUSINESS METHODS === #

    def _explain(self, record):
        """Say criterion by criterion whether a record is in the target.

        :param record: one record of the target's model
        :return: node of the whole target
        :rtype: dict
        :raise UserError: the criteria are broken
        """
        self.ensure_one()
        target, People = self._evaluated_by(None, None)
        person = People.browse(record.id)
        children = [*target._explain_kind(person), target._explain_criteria(person)]
        if by_hand := target._explain_by_hand(person):
            children.append(by_hand)
        if not target._matches(person, Domain.TRUE):
            children.append(self._make_node(self.env._("You may not see this record"), False))
        passed = target._matches(person, target._get_full_domain())
        return self._make_node(self.name, passed, connective="and", children=children)

    def _explain_kind(self, person):
        """Return the node of the kind of record, when it asks for something."""
        domain = self._get_kind_domain()
        if domain.is_true():
            return []
        label = self._describe_kind().removesuffix(" · ")
        return [self._make_node(label, self._matches(person, domain))]

    def _explain_criteria(self, person):
        """Return the node of what the mode requires. Extended by modes, also by integrators.

        :param person: one record of ``res_model`` with the rights of who asks; the target itself
            is superuser
        :return: node, as described on this class (see ``_make_node``)
        :rtype: dict
        """
        self.ensure_one()
        domain = self._get_criteria_domain()
        if self.mode in WHOLE_MODES:
            return self._make_node(self._describe_criteria(), self._matches(person, domain))
        return self._explain_domain(person, domain)

    def _explain_domain(self, person, domain):
        """Return the node of a domain, its conditions one by one."""
        operator = "" if isinstance(domain, _Range) else getattr(domain, "OPERATOR", "")
        if operator == "!":
            child = self._explain_domain(person, domain.child)
            passed = not child["passed"]
            return self._make_node(self.env._("not"), passed, connective="not", children=[child])
        if operator in ("&", "|"):
            children = [self._explain_domain(person, part) for part in self._get_parts(domain)]
            if len(children) == 1:
                return children[0]  # the two bounds of one range
            results = [child["passed"] for child in children]
            both = operator == "&"
            return self._make_node(
                self.env._("all of these") if both else self.env._("one of these"),
                all(results) if both else any(results),
                connective="and" if both else "or",
                children=children,
            )
        condition = domain.domain if isinstance(domain, _Range) else domain
        return self._make_node(
            self._describe_domain(condition),
            self._matches(person, condition),
            value=self._read_value(person, domain),
        )

    def _get_parts(self, domain):
        """Return the conditions of an “and” or “or”; the two bounds of a range stay together."""
        model = self.env[self.res_model].sudo(False)
        parts = list(domain.children)
        gathered = []
        while parts:
            pair = parts[:2]
            together = (
                domain.OPERATOR == "&"
                and len(pair) == 2
                and all(hasattr(part, "field_expr") for part in pair)
                and self._describe_bounds(*pair, model, ())
            )
            if together:
                gathered.append(_Range(Domain.AND(pair), pair[0].field_expr))
            else:
                gathered.append(parts[0])
            parts = parts[2 if together else 1 :]
        return gathered

    def _explain_by_hand(self, person):
        """Return the node of what was said by hand about a record; None when nothing was."""
        # Superuser: members belong to the target, which the user may read.
        member = (
            self.env["crm.campaign.target.member"]
            .sudo()
            .search(
                [
                    ("target_id", "=", self.id),
                    ("res_id", "=", person.id),
                    ("origin", "in", ("addition", "exclusion")),
                ],
                limit=1,
            )
        )
        if not member:
            return None
        details = {
            "user": member.create_uid.name,
            "date": format_date(self.env, member.create_date),
        }
        if member.origin == "addition":
            label = self.env._("added by hand by %(user)s on %(date)s", **details)
        else:
            label = self.env._("excluded by hand by %(user)s on %(date)s", **details)
        return self._make_node(label, member.origin == "addition", value=member.reason or "")

    # === HELPERS === #

    def _make_node(self, label, passed, value="", connective="", children=()):
        return {
            "label": label,
            "passed": passed,
            "value": value,
            "connective": connective,
            "children": list(children),
        }

    def _matches(self, person, domain):
        """Have the database say whether a record matches, with the rights of the environment."""
        return bool(person.search_count(Domain("id", "=", person.id) & domain, limit=1))

    def _read_value(self, person, condition):
        """Return what the record has where a condition looks, as text; empty when it has nothing.

        A record that the user may not read shows no value.
        """
        path = getattr(condition, "field_expr", "")
        if not path or not person.has_access("read"):
            return ""
        names = path.split(".")
        records, field = person, None
        for name in names:
            field = records._fields.get(name)
            if field is None or not records._has_field_access(field, "read"):
                return ""
            if name != names[-1]:
                if not field.relational:
                    break  # a part of a date: the date itself is shown
                records = records[name]._filtered_access("read")
        get_text = get_formatter(records, field.name, on_screen=True)
        texts = [get_text(record) for record in records]
        shown = [text for text in texts if text]
        more = len(shown) - SHOWN_VALUES
        words = ", ".join(shown[:SHOWN_VALUES])
        if more > 0:
            return self.env._("%(values)s and %(count)s more", values=words, count=more)
        return words


class _Range:
    """The two bounds of a range, explained as one condition."""

    def __init__(self, domain, field_expr):
        self.domain = domain
        self.field_expr = field_expr
