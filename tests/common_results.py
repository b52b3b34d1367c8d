# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import io
from unittest.mock import patch

from pypdf import PdfReader


def make_results(currency, **values):
    """Return what ``get_results`` gives: one mailing and one show, in two months.

    :param currency: of the amounts
    :param values: parts to replace
    """
    return {
        "currency_id": currency.id,
        "tiles": [
            make_tile("targeted", "Targeted", 2480),
            make_tile("leads", "Leads", 64, opens=True),
            make_tile("budget", "Committed", 5000.0, "monetary"),
            make_tile("cost", "Actual Cost", 5640.0, "monetary", alert=True),
            make_tile("cost_per_lead", "Cost per Lead", 88.125, "monetary"),
            make_tile("cost_per_won", "Cost per Sale", None, "monetary"),
            make_tile("return", "Return", 2.2714, "percentage"),
        ],
        "funnel": [
            make_step("targeted", "Targeted", 2480, 1.0, None),
            make_step("reached", "Reached", 2105, 0.8488, 0.8488),
            make_step("leads", "Leads", 64, 0.0258, 0.0304),
        ],
        "operations": [
            make_operation(1, "Mailing <b>one</b> & more", leads=64, cost=1640.0, targeted=2480),
            make_operation(2, "Show", leads=0, cost=4000.0, targeted=0),
        ],
        "months": [
            make_month("2026-09", "September 2026", sent=2105, responses=12, cost=1640.0),
            make_month("2026-10", "October 2026", leads=64, revenue_won=18450.5),
        ],
        **values,
    }


def make_tile(name, label, value, kind="integer", alert=False, opens=False):
    return {
        "name": name,
        "label": label,
        "value": value,
        "kind": kind,
        "help": "",
        "alert": alert,
        "opens": opens,
    }


def make_step(name, label, value, share, step):
    return {
        "name": name,
        "label": label,
        "value": value,
        "share": share,
        "step": step,
        "opens": True,
    }


def make_operation(number, name, **values):
    counts = dict.fromkeys(("targeted", "reached", "responses", "leads", "won"), 0)
    row = {
        "id": number,
        "name": name,
        "type": "Mailing",
        "state": "Finished",
        "date": "2026-09-03 07:00:00",
        "revenue_won": 0.0,
        "budget": 0.0,
        "cost": 0.0,
        **counts,
        **values,
    }
    row["cost_per_lead"] = row["cost"] / row["leads"] if row["leads"] else None
    return row


def make_month(month, label, **values):
    counts = dict.fromkeys(("sent", "responses", "leads", "cost", "revenue_won"), 0)
    return {"month": month, "label": label, **counts, **values}


def invent_results(env, **values):
    """Have campaigns give invented results for the time of a ``with`` block."""
    results = make_results(env.ref("base.USD"), **values)
    return patch.object(env.registry["crm.campaign"], "get_results", lambda self: results)


def read_pages(content):
    """Return the text of each page of a PDF, with plain spaces, no space around lines."""
    pages = PdfReader(io.BytesIO(content)).pages
    return ["\n".join(read_lines(page.extract_text())) for page in pages]


def read_lines(text):
    """Return the lines of a text with plain spaces only."""
    text = text.replace("\xa0", " ").replace("\u202f", " ")
    return [line.strip() for line in text.splitlines()]
