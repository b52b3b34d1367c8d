# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""Emails: beside the host's mass mailing, beside a bare loop, and over a long time.

The content is the same everywhere: three merge fields, two tracked links.
"""

import os
import resource
import smtplib
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from smtp_sink import SmtpSink

TAG = "crm_campaign bench"
SENDER = "marketing@bench.example.com"


def measure(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds that a piece of work takes, by the clock and of this process's CPU."""
    start, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - cpu


@contextmanager
def running_sink() -> Iterator[SmtpSink]:
    """Run a mail server, on one core where that is possible: its speed varies less."""
    with tempfile.TemporaryDirectory() as folder:
        sink = SmtpSink(folder)
        cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else ()
        try:
            if cores:
                os.sched_setaffinity(0, {max(cores)})  # handed down to the process
            sink.start()
        finally:
            if cores:
                os.sched_setaffinity(0, cores)
        try:
            yield sink
        finally:
            sink.stop()


def create_operation(env, tag):
    """Prepare an operation for all tagged people: three merge fields, two links."""
    purpose = env.ref("crm_campaign.crm_campaign_purpose_marketing")
    template = env["crm.campaign.template"].create(
        {
            "name": TAG,
            "purpose_id": purpose.id,
            "subject": "Hello {{ object.partner_id.name }}",
            "body_html": '<p>Dear <t t-out="object.partner_id.name">you</t> of '
            '<t t-out="object.partner_id.city">town</t>, <a href="https://www.example.com/a">a</a>'
            ' <a href="https://www.example.com/b">b</a></p>',
        }
    )
    target = {"name": TAG, "domain": f"[('category_id', 'in', [{tag.id}])]"}
    return env["crm.campaign.operation"].create(
        {
            "name": TAG,
            "campaign_id": env["crm.campaign"].create({"title": TAG}).id,
            "target_id": env["crm.campaign.target"].create(target).id,
            "template_id": template.id,
            "email_from": SENDER,
        }
    )


# === SPEED === #


def bench_mailing(env, n: int, tag, figure) -> Iterator[dict]:
    """Prepare and send n emails, beside the host's mass mailing and a bare loop."""
    operation = create_operation(env, tag)
    with running_sink() as sink:
        env["ir.mail_server"].create({"name": TAG, "smtp_host": sink.host, "smtp_port": sink.port})
        env.cr.commit()
        host, host_cpu = measure(lambda: send_with_host(env, tag, operation.template_id))
        by_host = len(sink.accepted())
        ours, our_cpu = measure(lambda: send_with_us(env, operation))
        by_us = len(sink.accepted()) - by_host
        messages = read_prebuilt(sink, by_host)
        bare, _cpu = measure(lambda: send_prebuilt(sink, messages))
    if abs(by_us - by_host) > n / 50:
        raise RuntimeError(f"not the same work: {by_us} messages of ours, {by_host} of the host")
    against = "the host's mass mailing"
    yield figure("mailing", "mailing vs host", by_us, (ours, host), against)
    yield figure("mailing", "mailing vs host, CPU", by_us, (our_cpu, host_cpu), against)
    against = "prebuilt messages, bare loop"
    yield figure("mailing", "mailing vs bare smtp limit", by_us, (ours, bare), against)


def read_prebuilt(sink, skipped: int) -> list[tuple[str, bytes]]:
    """Return address and bytes of what the sink accepted, without what the sink added."""
    messages = []
    for path in sorted(Path(sink.folder, "new").glob("*.eml"))[skipped:]:
        _from, recipient, message = path.read_bytes().split(b"\r\n", 2)
        messages.append((recipient.partition(b": ")[2].decode(), message))
    return messages


def send_prebuilt(sink, messages):
    """Send as fast as the standard library can."""
    with smtplib.SMTP(sink.host, sink.port) as session:
        session.ehlo()
        for address, message in messages:
            session.sendmail(SENDER, [address], message)


def send_with_us(env, operation):
    """Dispatch, and run the sender job to the end."""
    operation.action_dispatch()
    env.cr.commit()
    env["crm.campaign.execution"]._cron_send()
    if operation.state != "done":
        raise RuntimeError(f"not sent: {operation.error_message}")


def send_with_host(env, tag, template):
    """Send the same content with the host's mass mailing, and empty its mail queue."""
    body = str(template.body_html).replace("object.partner_id.", "object.")
    mailing = env["mailing.mailing"].create(
        {
            "subject": template.subject.replace("object.partner_id.", "object."),
            "body_arch": body,
            "body_html": body,
            "email_from": SENDER,
            "mailing_model_id": env["ir.model"]._get("res.partner").id,
            "mailing_domain": f"[('category_id', 'in', [{tag.id}])]",
            "reply_to_mode": "new",
        }
    )
    env.cr.commit()
    mailing._action_send_mail()
    while mails := env["mail.mail"].search([("state", "=", "outgoing")], limit=500):
        mails.send(auto_commit=True)


# === A LONG TIME === #


class NullSession:
    """A session with a server that accepts everything at once."""

    def has_extn(self, _name):
        return False

    def docmd(self, command):
        return (354 if command == "DATA" else 250), b"OK"

    def getreply(self):
        return 250, b"OK"

    def send(self, data):
        pass

    def close(self):
        pass


def bench_memory(env, n: int, tag, figure) -> Iterator[dict]:
    """Send n emails to nowhere: memory in kB a recipient after the first batches, and the pace."""
    operation = create_operation(env, tag)
    Channel = type(env["crm.campaign.channel.email"])
    with patch.object(Channel, "_open_session", lambda self, operation: NullSession()):
        operation.action_dispatch()
        env.cr.commit()
        rows = list(send_batches(env, operation.execution_ids))
    tenth = max(len(rows) // 10, 1)
    rows = rows[1:]  # the first batch also fills the caches of the process
    first, last = (sum(pace for pace, _peak in part) for part in (rows[:tenth], rows[-tenth:]))
    batch = env["crm.campaign.execution"]._batch_size
    yield figure("memory", "end vs beginning", tenth * batch, (last, first), "the first tenth")
    grown = (rows[-1][1] - rows[0][1]) / 1024
    yield {
        **figure("memory", "memory", n, (1, 1), "100 MB"),
        "ours": round(grown, 1),
        "reference": 100,
        "ratio": round(100 / max(grown, 0.1), 2),
        "unit": "MB",
    }


def send_batches(env, execution) -> Iterator[tuple[float, int]]:
    """Yield seconds and peak memory (kB) of each batch."""
    while True:
        start = time.perf_counter()
        if not execution._send_batch():
            return
        env["ir.cron"]._commit_progress()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        yield time.perf_counter() - start, peak
