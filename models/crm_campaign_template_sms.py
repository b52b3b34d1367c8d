# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.rendering_tools import parse_inline_template
from odoo.tools.urls import urljoin

from ..tools.sms_parts import GSM_BASIC, GSM_EXTENDED, UCS2, count_sms, fill_shortest

# What follows the host's name in a link to say stop: see _get_stop_url of recipients.
STOP_PATH = f"cs/{'x' * 17}"


def _in_brackets(characters):
    """Write characters for a bracket expression of PostgreSQL."""
    return "".join(f"\\{char}" if char in "\\]^-[" else char for char in characters)


class CrmCampaignTemplate(models.Model):
    """Text messages: their text, and what it takes."""

    _inherit = "crm.campaign.template"

    body_text = fields.Text(
        string="Text",
        tracking=True,
        help="Merge fields as in subjects; {stop} stands for a short link to refuse such messages.",
    )
    sms_characters = fields.Integer(string="Characters", compute="_compute_sms_count")
    sms_parts = fields.Integer(
        string="Number of SMS",
        compute="_compute_sms_count",
        help="What the text takes, mention to say stop included, with each merge field at its "
        "fallback value.",
    )
    sms_encoding = fields.Char(string="SMS Alphabet", compute="_compute_sms_count")
    sms_stop_mention = fields.Char(
        string="Mention That Is Added", compute="_compute_sms_stop_mention"
    )
    sms_stop_link = fields.Char(
        string="Link as Long as Real Ones", compute="_compute_sms_stop_link"
    )

    # === COMPUTE METHODS === #

    @api.depends("purpose_id")
    @api.depends_context("company")
    def _compute_sms_stop_mention(self):
        mention = self.env["crm.campaign.channel.sms"]._get_stop_mention(self.env.company)
        for template in self:
            asked = template.purpose_id.can_unsubscribe
            template.sms_stop_mention = mention if asked else False

    def _compute_sms_stop_link(self):
        for template in self:
            template.sms_stop_link = urljoin(template.get_base_url(), STOP_PATH)

    @api.depends("body_text", "sms_stop_mention", "sms_stop_link")
    def _compute_sms_count(self):
        channel = self.env["crm.campaign.channel.sms"]
        for template in self:
            text = template.body_text or ""
            if template.sms_stop_mention:
                text = channel._add_stop(text, template.sms_stop_mention)
            text = text.replace("{stop}", template.sms_stop_link)
            count = count_sms(fill_shortest(text))
            template.sms_characters = count.characters
            template.sms_parts = count.parts
            template.sms_encoding = count.encoding

    # === CONSTRAINTS === #

    @api.constrains("body_text")
    def _check_text_syntax(self):
        self._check_syntax()

    # === BUSINESS METHODS === #

    @api.model
    def _get_content_fields(self):
        # EXTENDS crm_campaign — the text
        return [*super()._get_content_fields(), "body_text"]

    def _assert_content(self):
        # EXTENDS crm_campaign — a text message has neither subject nor page
        if self.channel != "sms":
            return super()._assert_content()
        if not (self.body_text or "").strip():
            raise UserError(self.env._("Template “%(name)s” has no text.", name=self.name))
        return None

    def _get_expressions(self):
        # EXTENDS crm_campaign — those of the text, which only merge fields may be
        inline = [
            expression
            for _literal, expression, _default in parse_inline_template(self.body_text or "")
        ]
        return [*super()._get_expressions(), *filter(None, inline)]

    # === BUSINESS METHODS - LONGEST VALUES === #

    @api.model
    def get_longest_values(self):
        """Give the longest value of each merge field among what the user may see.

        Called when a user asks for it: it reads every contact once.

        :return: expression -> ``[length in septets or characters, whether any needs UCS-2]``
        :rtype: dict[str, list]
        """
        self.check_access("read")
        by_model = {}
        for expression in self.env["crm.campaign.recipient"]._get_merge_fields():
            if place := self._find_merge_field(expression):
                by_model.setdefault(place[0], {})[expression] = place[1]
        values = {}
        for model, names in by_model.items():
            values.update(self._measure_fields(self.env[model], names))
        return values

    @api.model
    def _find_merge_field(self, expression):
        """Find where the values of a merge field are kept.

        :return: model and field name; None when it cannot be told
        :rtype: tuple[str, str] | None
        """
        *path, name = expression.split(".")[1:]
        model = self.env["crm.campaign.recipient"]
        for step in path:
            model = self.env[model._fields[step].comodel_name]
        if not path:
            model = self.env["res.partner"]  # copied from there
        field = model._fields.get(name)
        is_kept = field and field.type in ("char", "text")
        return (model._name, name) if is_kept else None

    @api.model
    def _measure_fields(self, Model, names):
        """Measure the longest values of some fields of one model.

        :param dict names: key -> field name
        :return: key -> ``[length, whether any needs UCS-2]``
        """
        if not Model.has_access("read"):
            return {}
        computed = {
            key: name
            for key, name in names.items()
            if not Model._fields[name]._description_searchable
        }
        values = self._measure_computed(Model, computed) if computed else {}
        names = {key: name for key, name in names.items() if key not in computed}
        return {**values, **(self._measure_columns(Model, names) if names else {})}

    @api.model
    def _measure_computed(self, Model, names):
        """Measure fields of which the database knows nothing, on some records."""
        records = Model.search([], limit=1000)
        values = {}
        for key, name in names.items():
            counts = [count_sms(text) for text in records.mapped(name) if text]
            values[key] = [
                max((count.units for count in counts), default=0),
                any(count.encoding == UCS2 for count in counts),
            ]
        return values

    @api.model
    def _measure_columns(self, Model, names):
        """Measure fields in one reading of their table; see ``_measure_fields``."""
        query = Model._search([])
        columns = []
        for name in names.values():
            value = Model._field_to_sql(query.table, name, query)
            columns.append(
                SQL(
                    "max(CASE WHEN %(value)s ~ %(some)s"
                    " THEN 2 * length(%(value)s) - length(translate(%(value)s, %(extended)s, ''))"
                    " ELSE length(%(value)s) END)",
                    value=value,
                    some=f"[{_in_brackets(GSM_EXTENDED)}]",
                    extended=GSM_EXTENDED,
                )
            )
            # A pattern: twenty times faster than translate() over the whole alphabet.
            foreign = f"[^{_in_brackets(GSM_BASIC + GSM_EXTENDED)}]"
            columns.append(SQL("bool_or(%s ~ %s)", value, foreign))
        row = self.env.execute_query(query.select(*columns))[0]
        pairs = zip(row[::2], row[1::2], strict=True)
        return {
            key: [length or 0, bool(unicode)]
            for key, (length, unicode) in zip(names, pairs, strict=True)
        }
