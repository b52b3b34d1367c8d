# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Fields of records in words, one text a cell: previews, exports, explanations."""

from odoo import fields
from odoo.tools import format_date, format_datetime


def get_formatter(model, name, on_screen=False):
    """Return the function that puts a field of a record in words.

    Moments are in the time zone of the environment.

    :param model: records or empty recordset of the model, whose environment gives the language
    :param str name: field that the user may read
    :param bool on_screen: dates as the user reads them, not as spreadsheets do
    :rtype: Callable[[BaseModel], str]
    """
    field, env = model._fields[name], model.env
    if on_screen and field.type in ("date", "datetime"):
        write = format_date if field.type == "date" else format_datetime
        return lambda record: write(env, record[name]) if record[name] else ""
    if field.relational:
        return lambda record: ", ".join(record[name].mapped("display_name"))
    if field.type == "selection":
        options = dict(field._description_selection(env))
        return lambda record: options.get(record[name], "")
    if field.type == "datetime":
        return lambda record: (
            f"{fields.Datetime.context_timestamp(record, record[name]):%Y-%m-%d %H:%M:%S}"
            if record[name]
            else ""
        )
    if field.type == "boolean":
        yes, no = env._("Yes"), env._("No")
        return lambda record: yes if record[name] else no
    if field.type in ("integer", "float", "monetary"):
        return lambda record: str(record[name])
    return lambda record: str(record[name] or "")


def get_column(model, name, on_screen=False):
    """Return the label of a field, and the function that puts it in words: one column.

    :rtype: tuple[str, Callable[[BaseModel], str]]
    """
    label = model._fields[name]._description_string(model.env)
    return label, get_formatter(model, name, on_screen)
