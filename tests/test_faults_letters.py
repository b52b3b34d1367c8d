# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import io
import re
import signal
import time
from collections import Counter

from pypdf import PdfReader

from odoo.tests import tagged
from odoo.tools import SQL

from .test_faults import FaultsCase


@tagged("post_install", "-at_install")
class TestFaultsLetters(FaultsCase):
    """Senders that really die while they make letters."""

    people = 1100
    channel = "post"
    address = {"street": "%d rue A", "zip": "7%04d", "city": "Paris %d"}

    def _count_sent(self):
        return self._read_rows(
            "SELECT count(*) FROM crm_campaign_recipient WHERE execution_id = %s AND state = 'sent'"
        )[0][0]

    def _kill_when(self, is_time):
        sender = self._start_sender()
        self._go(sender)
        end = time.monotonic() + 120
        while not is_time() and time.monotonic() < end and sender.poll() is None:
            time.sleep(0.002)
        sender.send_signal(signal.SIGKILL)
        sender.wait()

    def _read_printed(self):
        """Return name -> number of letters in the document, and number of pages."""
        cr, env = self._environment()
        with cr:
            places = env["crm.campaign.piece"]._read_places(
                SQL("r.execution_id = %s", self.execution_id)
            )
            readers = {}
            pages = []
            for part_id, first, count in places:
                if part_id not in readers:
                    part = env["ir.attachment"].browse(part_id)
                    readers[part_id] = PdfReader(io.BytesIO(part.raw))
                pages += readers[part_id].pages[first : first + count]
            texts = [page.extract_text() for page in pages]
        return Counter(re.search(r"Person \d+", text)[0] for text in texts), len(texts)

    def test_killed_senders_neither_lose_nor_double_a_letter(self):
        # While a part is laid out; while its people are being marked, twice.
        begun = time.monotonic()
        self._kill_when(lambda: time.monotonic() > begun + 1)
        marked = []
        for _kill in range(2):
            before = self._count_sent()
            self._kill_when(lambda before=before: self._count_sent() > before)
            marked.append(self._count_sent())

        last = self._start_sender()
        self._go(last)
        self._finish(last)

        self.assertTrue(any(count % 500 for count in marked), "no kill came in the middle")
        states = self._read_rows(
            "SELECT state, count(*) FROM crm_campaign_recipient WHERE execution_id = %s GROUP BY 1"
        )
        self.assertEqual(states, [("sent", 1100)])
        printed, page_count = self._read_printed()
        self.assertEqual(page_count, 1100)
        self.assertEqual(len(printed), 1100)
        self.assertEqual(set(printed.values()), {1})
        superseded = self._read_rows(
            "SELECT count(*) - count(DISTINCT p.recipient_id) FROM crm_campaign_piece p"
            " JOIN crm_campaign_recipient r ON r.id = p.recipient_id WHERE r.execution_id = %s"
        )
        self.assertEqual(superseded, [(0,)])
