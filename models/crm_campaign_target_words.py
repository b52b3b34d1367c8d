# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import logging
from typing import Any, NamedTuple

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)


class FieldPath(NamedTuple):
    """What the path of a condition leads to.

    ``field``: the last one, None when it is unknown; ``is_many``: one person may have several.
    """

    label: str
    field: Any
    is_many: bool


class CrmCampaignTarget(models.Model):
    """The criteria in words, in the language and with the rights of who reads them.

    A domain is walked from the top: connectives and paths here, conditions and values in
    ``crm_campaign_target_words_values``, dates in ``crm_campaign_target_words_dates``.
    """

    _inherit = "crm.campaign.target"

    criteria = fields.Text(
        string="Criteria in Words",
        compute="_compute_criteria",
        help="What the target holds, in plain words.",
    )

    # === COMPUTE METHODS === #

    @api.depends(lambda self: self._get_definition_fields())
    @api.depends_context("lang", "tz", "uid", "allowed_company_ids")
    def _compute_criteria(self):
        for target in self:
            target.criteria = target._describe()

    # === BUSINESS METHODS === #

    def _describe(self):
        """Put the whole definition in words: the criteria, and what was done by hand.

        :rtype: str
        """
        return " · ".join(filter(None, (self._describe_criteria(), self._describe_named())))

    def _describe_criteria(self):
        """Put the definition in words, to be kept with what was done with it. Extended by modes.

        The kind of record comes first. Broken criteria are shown as they are stored.

        :rtype: str
        """
        self.ensure_one()
        try:
            domain = self._get_criteria_domain()
        except (UserError, ValueError, SyntaxError, TypeError, MemoryError):
            return f"{self._describe_kind()}{self.domain}"
        return f"{self._describe_kind()}{self._describe_domain(domain)}"

    def _describe_kind(self):
        """Return the words for the kind of record that every description starts with."""
        kinds = dict(self._fields["record_kind"]._description_selection(self.env))
        return f"{kinds.get(self.record_kind, '')} · "

    def _describe_domain(self, domain):
        """Put a domain over the target's model in words. Extended by integrators.

        Names of records are looked up as the user of the environment, also in superuser mode: a
        record that they may not read shows as “#12”. What is unknown shows as it is written.

        :param domain: a ``Domain`` or its list form, not optimised
        :return: such as ``City contains “Rennes” and (Tags is Prospect or Tags is not set)``, in
            the language of the environment; never empty
        :rtype: str
        """
        self.ensure_one()
        try:
            # The rights of the user hold for what is named: departures run as superuser.
            model = self.env[self.res_model].sudo(False)
            return self._describe_node(Domain(domain), model)[0]
        except psycopg2.Error:
            raise  # a conflict, which the host tries again
        except Exception:  # noqa: BLE001 - for want of words no message is held back
            _logger.warning("No words for the domain %s", domain, exc_info=True)
            return str(domain)

    # === WALKING === #

    def _describe_node(self, domain, model, prefix=()):
        """Put one node in words.

        :param prefix: labels of the fields that lead from the target's model to ``model``
        :return: the words, and what they are: ``condition``, ``&``, ``|`` or ``!`` (several
            conditions, or a negated one) or ``constant``
        :rtype: tuple[str, str]
        """
        if domain.is_true():
            return self.env._("all records"), "constant"
        if domain.is_false():
            return self.env._("no record"), "constant"
        operator = getattr(domain, "OPERATOR", "condition")
        if operator == "!":
            words, _sort = self._describe_node(domain.child, model, prefix)
            return self.env._("not (%(criteria)s)", criteria=words), "!"
        if operator in ("&", "|"):
            return self._describe_connected(domain, model, prefix)
        if hasattr(domain, "field_expr"):
            return self._describe_condition(domain, model, prefix)
        return "…", "condition"  # a condition in SQL, which integrators may make

    def _describe_connected(self, domain, model, prefix):
        """Put the children of an “and” or “or” in words, parentheses around the other one."""
        described = [
            self._describe_node(child, model, prefix) if isinstance(child, Domain) else child
            for child in self._gather_children(domain, model, prefix)
        ]
        if len(described) == 1:
            return described[0]
        others = {"&", "|"} - {domain.OPERATOR}
        parts = [f"({words})" if sort in others else words for words, sort in described]
        word = {"&": self.env._("and"), "|": self.env._("or")}[domain.OPERATOR]
        return f" {word} ".join(parts), domain.OPERATOR

    def _gather_children(self, domain, model, prefix):
        """Put together the children that say one thing: the two bounds of a range, or the parts of
        a negated “and”, which the host spreads over the surrounding “or”.

        :return: domains, and descriptions of what was put together
        :rtype: list
        """
        children = list(domain.children)
        if domain.OPERATOR == "|":
            return self._gather_negated(children, model, prefix)
        gathered = []
        while children:
            words = len(children) > 1 and self._describe_bounds(*children[:2], model, prefix)
            gathered.append((words, "condition") if words else children[0])
            children = children[2 if words else 1 :]
        return gathered

    def _gather_negated(self, children, model, prefix):
        """Say “not (a and b)” where the host keeps “not a or not b”."""
        gathered, run = [], []
        for child in (*children, None):
            if getattr(child, "OPERATOR", None) == "!":
                run.append(child)
                continue
            if len(run) > 1:
                together = Domain.AND([part.child for part in run])
                words, _sort = self._describe_node(together, model, prefix)
                run = [(self.env._("not (%(criteria)s)", criteria=words), "!")]
            gathered += run if child is None else [*run, child]
            run = []
        return gathered

    # === PATHS === #

    def _read_path(self, path, model, prefix=()):
        """Follow the path of a condition.

        :rtype: FieldPath
        """
        labels, field, is_many = list(prefix), None, False
        for name in path.split("."):
            before, field = field, model._fields.get(name) if model is not None else None
            is_many |= bool(before) and before.type in ("one2many", "many2many")
            labels.append(self._describe_step(name, field, before))
            comodel = field.comodel_name if field and field.relational else None
            model = model.env[comodel] if comodel else None
        return FieldPath(" › ".join(labels), field, is_many)

    def _describe_step(self, name, field, before):
        """Return the label of one step of a path; ``before``: the field of the step before."""
        if field:
            return field._description_string(self.env) or name
        if before and before.type in ("date", "datetime"):
            return self._describe_date_part(name)
        return name
