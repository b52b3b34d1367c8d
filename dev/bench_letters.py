# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""Measure letters beside a bare reportlab document of the same text."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

LETTERS = 1000
TEXT = "Our doors are open on Saturday, and we should be glad to show you the new season. " * 6


def bench_letters(env, figure) -> Iterator[dict]:
    """Dispatch and make 1,000 letters of one page, from the target to the document."""
    operation = create_operation(env)
    start = time.perf_counter()
    operation.action_dispatch()
    env.cr.commit()
    env["crm.campaign.execution"]._cron_send()
    ours = time.perf_counter() - start
    recipients = env["crm.campaign.recipient"].search(
        [("execution_id", "in", operation.execution_ids.ids), ("state", "=", "sent")]
    )
    if len(recipients) != LETTERS:
        raise RuntimeError(f"{len(recipients)} letters, {operation.error_message}")
    texts = [
        (recipient.postal_address.split("\n"), recipient.partner_id.name)
        for recipient in recipients
    ]
    start = time.perf_counter()
    build_bare(texts)
    reference = time.perf_counter() - start
    yield figure(
        "mailing", "letters vs bare reportlab", LETTERS, (ours, reference), "a bare document"
    )


def create_operation(env):
    """Prepare an operation by post: four paragraphs, two merge fields."""
    tag = env["res.partner.category"].create({"name": "bench letters"})
    env["res.partner"].create(
        [
            {
                "name": f"Person {number}",
                "street": f"{number} rue de la République",
                "zip": "75001",
                "city": "Paris",
                "category_id": [(4, tag.id)],
            }
            for number in range(LETTERS)
        ]
    )
    template = env["crm.campaign.template"].create(
        {
            "name": "bench letters",
            "channel": "post",
            "purpose_id": env.ref("crm_campaign.crm_campaign_purpose_marketing").id,
            "body_html": "<p>Dear <b>{{ object.partner_id.name }}</b>,</p>"
            + f"<p>{TEXT}</p>" * 4
            + "<p>{{ object.company_id.name }}</p>",
        }
    )
    target = {"name": "bench letters", "domain": f"[('category_id', 'in', [{tag.id}])]"}
    return env["crm.campaign.operation"].create(
        {
            "name": "bench letters",
            "channel": "post",
            "campaign_id": env["crm.campaign"].create({"title": "bench letters"}).id,
            "target_id": env["crm.campaign.target"].create(target).id,
            "template_id": template.id,
        }
    )


def build_bare(texts) -> bytes:
    """Lay the same texts out with reportlab alone: no database, no merge fields."""
    style = ParagraphStyle("bare", fontName="Helvetica", fontSize=10.5, leading=14, spaceAfter=7)
    story = []
    for lines, name in texts:
        story += [Paragraph(line, style) for line in (name, *lines)]
        story.append(Paragraph(f"Dear <b>{name}</b>,", style))
        story += [Paragraph(TEXT, style) for _number in range(4)]
        story += [Paragraph("Our House", style), PageBreak()]
    stream = io.BytesIO()
    SimpleDocTemplate(stream).build(story)
    return stream.getvalue()
