# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from collections.abc import Set

from odoo import models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import LazyTranslate
from odoo.tools.misc import get_lang

_lt = LazyTranslate(__name__)

# Names shown of a list; the others are counted.
SHOWN_VALUES = 5
# The greatest id that the database can look up.
MAX_ID = 2**31 - 1

COMPARISONS = ("<", "<=", ">", ">=")
# Say with a list what compares with one value.
LIST_OPERATORS = {"=": "in", "==": "in", "!=": "not in", "<>": "not in"}

SENTENCES = {
    "in": _lt("%(field)s is %(value)s"),
    "not in": _lt("%(field)s is not %(value)s"),
    "in several": _lt("%(field)s is one of %(value)s"),
    "not in several": _lt("%(field)s is none of %(value)s"),
    "set": _lt("%(field)s is set"),
    "not set": _lt("%(field)s is not set"),
    "like": _lt("%(field)s contains %(value)s"),
    "not like": _lt("%(field)s does not contain %(value)s"),
    "starts": _lt("%(field)s starts with %(value)s"),
    "not starts": _lt("%(field)s does not start with %(value)s"),
    "ends": _lt("%(field)s ends with %(value)s"),
    "not ends": _lt("%(field)s does not end with %(value)s"),
    "pattern": _lt("%(field)s follows the pattern %(value)s"),
    "not pattern": _lt("%(field)s does not follow the pattern %(value)s"),
    "<": _lt("%(field)s is less than %(value)s"),
    "<=": _lt("%(field)s is at most %(value)s"),
    ">": _lt("%(field)s is more than %(value)s"),
    ">=": _lt("%(field)s is at least %(value)s"),
    "child_of": _lt("%(field)s is %(value)s or below it"),
    "parent_of": _lt("%(field)s is %(value)s or above it"),
    "any": _lt("%(field)s matches (%(value)s)"),
    "not any": _lt("%(field)s does not match (%(value)s)"),
    "any many": _lt("one of %(field)s matches (%(value)s)"),
    "not any many": _lt("none of %(field)s matches (%(value)s)"),
}


class CrmCampaignTarget(models.Model):
    """Words for one condition: its operator and its values."""

    _inherit = "crm.campaign.target"

    # === CONDITIONS === #

    def _describe_condition(self, condition, model, prefix=()):
        """Put one condition in words; same result as ``_describe_node``."""
        path = self._read_path(condition.field_expr, model, prefix)
        operator = LIST_OPERATORS.get(condition.operator, condition.operator).removesuffix("!")
        value = condition.value
        if operator == "=?":
            if value is False:
                return self._describe_node(Domain.TRUE, model)
            operator = "in"
        if operator in ("any", "not any"):
            return self._describe_any(condition, model, prefix)
        if operator in ("in", "not in"):
            return self._describe_equality(condition.field_expr, operator, value, model, prefix)
        if operator.endswith("like"):
            return self._describe_pattern(path, operator, value), "condition"
        if path.field and path.field.type in ("date", "datetime") and operator in COMPARISONS:
            return self._describe_comparison(path, operator, value), "condition"
        comodel = _get_comodel(path, self.env)
        words = self._describe_values(path.field, _as_list(value), comodel)
        if operator not in SENTENCES:
            return f"{path.label} {operator} {words}", "condition"
        return self._say(SENTENCES[operator], field=path.label, value=words), "condition"

    def _describe_equality(self, expression, operator, value, model, prefix):
        """Say that a field is, or is not, a value or one of several.

        “Not set” among several values becomes a condition of its own, so that nothing is unclear.
        """
        path = self._read_path(expression, model, prefix)
        values = _as_list(value)
        is_boolean = path.field and path.field.type == "boolean"
        if not values:
            return self._describe_node(Domain(operator == "not in"), model)
        if False in [item for item in values if isinstance(item, bool)] and not is_boolean:
            if len(values) == 1:
                sentence = SENTENCES["not set" if operator == "in" else "set"]
                return self._say(sentence, field=path.label), "condition"
            others = [item for item in values if item is not False]
            parts = [Domain(expression, operator, others), Domain(expression, operator, [False])]
            both = Domain.OR(parts) if operator == "in" else Domain.AND(parts)
            return self._describe_node(both, model, prefix)
        if is_boolean and len(values) == 1:
            is_yes = (operator == "in") == bool(values[0])
            operator, values = "in", [is_yes]
        sentence = SENTENCES[operator if len(values) == 1 else f"{operator} several"]
        words = self._describe_values(path.field, values, _get_comodel(path, self.env))
        return self._say(sentence, field=path.label, value=words), "condition"

    def _describe_any(self, condition, model, prefix):
        """Say that a linked record fulfils a domain.

        A single condition reads better as one on a longer path, which means the same.
        """
        path = self._read_path(condition.field_expr, model, prefix)
        operator, value = condition.operator.removesuffix("!"), condition.value
        comodel = _get_comodel(path, self.env)
        if comodel is None or not isinstance(value, (Domain, list, tuple)):
            shown = value if isinstance(value, (list, tuple)) else "…"
            return f"{path.label} {operator} {shown}", "condition"
        domain = Domain(value)
        if domain.is_true():
            sentence = SENTENCES["set" if operator == "any" else "not set"]
            return self._say(sentence, field=path.label), "condition"
        words, sort = self._describe_node(domain, comodel)
        if sort == "condition":
            words, _sort = self._describe_node(domain, comodel, (path.label,))
            if operator == "any":
                return words, "condition"
            return self.env._("not (%(criteria)s)", criteria=words), "!"
        many = " many" if path.field.type in ("one2many", "many2many") else ""
        sentence = SENTENCES[f"{operator}{many}"]
        return self._say(sentence, field=path.label, value=words), "condition"

    def _describe_pattern(self, path, operator, value):
        """Say what a text contains, starts or ends with."""
        negation = "not " if operator.startswith("not ") else ""
        text = str(value)
        body = text.strip("%")
        if "=" not in operator:
            kind, body = "like", text
        elif any(wildcard in body for wildcard in "%_\\"):
            kind, body = "pattern", text
        else:
            kinds = {body: "in", f"{body}%": "starts", f"%{body}": "ends", f"%{body}%": "like"}
            kind = kinds.get(text, "pattern")
        return self._say(SENTENCES[f"{negation}{kind}"], field=path.label, value=self._quote(body))

    # === VALUES === #

    def _describe_values(self, field, values, model):
        """Put a list of values in words, the first ones by name, the others as their number.

        :param field: the field they are compared with, None when it is unknown
        :param model: model of the records that ids stand for
        :rtype: str
        """
        shown = values[:SHOWN_VALUES]
        is_relation = field and model is not None and (field.relational or field.name == "id")
        names = self._get_record_names(model, shown) if is_relation else {}
        words = ", ".join(
            names[value] if value in names else self._describe_value(field, value)
            for value in shown
        )
        if len(values) > SHOWN_VALUES:
            return self.env._(
                "%(names)s and %(count)s more", names=words, count=len(values) - SHOWN_VALUES
            )
        return words

    def _get_record_names(self, model, ids):
        """Return the names of records: id -> name, “#id” for those the user may not read.

        :rtype: dict[int, str]
        """
        ids = [id_ for id_ in ids if isinstance(id_, int) and not isinstance(id_, bool)]
        names = {id_: f"#{id_}" for id_ in ids}
        records = model.with_context(active_test=False).browse(
            [id_ for id_ in ids if 0 < id_ <= MAX_ID]
        )
        for record in records.exists()._filtered_access("read"):
            try:
                names[record.id] = record.display_name or names[record.id]
            except AccessError:
                continue  # its name is made of something that they may not read
        return names

    def _describe_value(self, field, value):
        """Put one value in words, in the formats of the user."""
        kind = field.type if field else ""
        if kind == "boolean" or isinstance(value, bool):
            return self.env._("yes") if value else self.env._("no")
        if kind == "selection":
            labels = dict(field._description_selection(self.env))
            return labels.get(value) or self._quote(value)
        if kind in ("date", "datetime"):
            return self._describe_date(field, value)
        if isinstance(value, int):
            return str(value)
        if isinstance(value, float):
            return f"{value:.10g}".replace(".", get_lang(self.env).decimal_point)
        return self._quote(value) if isinstance(value, str) else "…"

    def _quote(self, text):
        return self.env._("“%(text)s”", text=text)

    def _say(self, sentence, **values):
        """Translate one of the sentences of a table and fill it in."""
        text = self.env._(sentence)
        return text % values


def _as_list(value):
    """Return the values of a condition as a list. A query is one value: it is not run."""
    return list(value) if isinstance(value, (list, tuple, Set)) else [value]


def _get_comodel(path, env):
    """Return the model that the ids of a condition belong to, None when there is none."""
    if not path.field:
        return None
    if path.field.relational:
        return env[path.field.comodel_name].sudo(False)
    return env[path.field.model_name].sudo(False) if path.field.name == "id" else None
