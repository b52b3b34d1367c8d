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


class DocumentFaultsCase(FaultsCase):
    """Documents of more than two parts, made by senders that meet real trouble."""

    people = 1100
    address = {"street": "%d rue A", "zip": "7%04d", "city": "Paris %d"}

    def _count_sent(self):
        return self._read_rows(
            "SELECT count(*) FROM crm_campaign_recipient WHERE execution_id = %s AND state = 'sent'"
        )[0][0]

    def _send_on(self, **options):
        """Run a sender to its end."""
        sender = self._start_sender(**options)
        self._go(sender)
        self._finish(sender)

    def _read_operation(self):
        """Return state and message of the operation."""
        cr, env = self._environment()
        with cr:
            operation = env["crm.campaign.execution"].browse(self.execution_id).operation_id
            return operation.state, operation.error_message

    def _retry(self):
        cr, env = self._environment()
        with cr:
            env["crm.campaign.execution"].browse(self.execution_id).operation_id.action_retry()


@tagged("post_install", "-at_install")
class TestFaultsFile(DocumentFaultsCase):
    """A disk that is full while a file is written."""

    channel = "file"
    template = {
        "file_format": "xml",
        "column_ids": [
            (0, 0, {"expression": expression, "name": name})
            for name, expression in (
                ("Name", "object.partner_id.name"),
                ("City", "object.partner_id.city"),
            )
        ],
    }

    def _read_file(self):
        """Return the names in the files of the execution, and how many files there are."""
        cr, env = self._environment()
        with cr:
            files = env["crm.campaign.execution"].browse(self.execution_id).file_ids
            text = "".join(file.raw.decode() for file in files)
            return re.findall(r"Person \d+", text), len(files)

    def test_full_disk_keeps_the_lines_and_a_retry_writes_the_whole_file_once(self):
        # Enough for the lines of a part, too little for those of all.
        self._send_on(largest_file=60_000)

        self.assertEqual(self._count_sent(), 1100)
        self.assertEqual(self._read_file(), ([], 0))
        self.assertEqual(self._read_operation(), ("error", "The file could not be written."))
        self._retry()
        self._send_on()
        self.assertEqual(self._read_operation(), ("done", False))
        names, files = self._read_file()
        self.assertEqual((len(names), len(set(names)), files), (1100, 1100, 1))

    def test_full_disk_while_the_lines_are_kept_loses_nobody(self):
        self._send_on(largest_file=5_000)

        self.assertEqual(self._count_sent(), 0)
        state, message = self._read_operation()
        self.assertEqual(state, "error")
        self.assertIn("could not be written (File too large)", message)
        self._retry()
        self._send_on()
        names, files = self._read_file()
        self.assertEqual((len(names), len(set(names)), files), (1100, 1100, 1))


@tagged("post_install", "-at_install")
class TestFaultsLetters(DocumentFaultsCase):
    """Senders that really die, or meet a full disk, while they make letters."""

    channel = "post"

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

    def test_full_disk_loses_no_letter_and_a_retry_makes_each_once(self):
        self._send_on(largest_file=30_000)

        self.assertEqual(self._count_sent(), 0)
        state, message = self._read_operation()
        self.assertEqual(state, "error")
        self.assertIn("could not be written (File too large)", message)
        self._retry()
        self._send_on()
        self.assertEqual(self._read_operation(), ("done", False))
        printed, page_count = self._read_printed()
        self.assertEqual((page_count, len(printed), set(printed.values())), (1100, 1100, {1}))
