# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

"""Selection values shared by several models, in their natural order. No logic."""

OPERATION_TYPES = [
    ("mailing", "Mailing"),
]

CHANNELS = [
    ("email", "Email"),
    ("sms", "SMS"),
    ("post", "Post"),
    ("fax", "Fax"),
    ("file", "File"),
]

# Kinds of templates: a fax shows a letter.
TEMPLATE_CHANNELS = [channel for channel in CHANNELS if channel[0] != "fax"]

# How a gateway wants the number in the address.
FAX_FORMATS = [
    ("e164", "International, without +"),
    ("00", "International, with 00"),
    ("national", "National"),
]

# Who carries text messages; each has its model crm.campaign.sms.provider.<code>.
SMS_PROVIDERS = [
    ("host", "SMS Service of Odoo"),
    ("http", "Web Service"),
    ("file", "Files"),
]

# Channels whose product is a document kept on the execution.
DOCUMENT_CHANNELS = ("post", "file")

FILE_FORMATS = [
    ("xlsx", "Excel Workbook (XLSX)"),
    ("csv", "Comma-Separated Values (CSV)"),
    ("xml", "XML"),
]

OPERATION_STATES = [
    ("draft", "New"),
    ("to_test", "Ready to Test"),
    ("proofing", "Proof in Progress"),
    ("proof", "Proof Awaiting Approval"),
    ("ready", "Ready to Run"),
    ("running", "Running"),
    ("suspended", "Suspended"),
    ("done", "Finished"),
    ("cancelled", "Cancelled"),
    ("error", "Error"),
]

EXECUTION_STATES = [
    ("scheduled", "Scheduled"),
    ("running", "Running"),
    ("suspended", "Suspended"),
    ("done", "Finished"),
    ("cancelled", "Cancelled"),
    ("error", "Error"),
]

# Why a targeted person receives nothing. The order is the order of the checks: a person who
# fails several of them keeps the first reason.
EXCLUSIONS = [
    ("archived", "Archived"),
    ("no_address", "No Address"),
    ("returned_mail", "Mail Was Returned"),
    ("blacklisted", "Blacklisted"),
    ("no_consent", "No Consent"),
    ("not_visible", "Not Visible"),
    ("duplicate", "Duplicate Address"),
    ("capped", "Contacted Too Often"),
    ("manual", "Excluded by Hand"),
]

RECIPIENT_STATES = [
    ("excluded", "Excluded"),
    ("pending", "To Send"),
    ("sending", "Sending"),
    ("deferred", "Waits for Another Try"),
    ("unknown", "Fate Unknown"),
    ("failed", "Failed"),
    ("withdrawn", "Withdrawn"),
    ("sent", "Sent"),
    ("delivered", "Delivered"),
    ("opened", "Opened"),
    ("bounced", "Bounced"),
    ("clicked", "Clicked"),
    ("replied", "Replied"),
]

# States of a recipient from least to most advanced: news may only move a row to the right.
# "bounced" stands after "opened" because mail gateways fetch images before they refuse a
# message, and before "clicked" because a person who clicks did receive it.
RECIPIENT_PROGRESS = (
    "pending",
    "deferred",
    "sending",
    "unknown",
    "sent",
    "delivered",
    "opened",
    "bounced",
    "clicked",
    "replied",
)

# States of a row that has no fate yet.
RECIPIENT_WAITING_STATES = ("pending", "sending", "deferred")

# States of a row that the channel accepted, whatever came after.
RECIPIENT_SENT_STATES = ("sent", "delivered", "opened", "bounced", "clicked", "replied")

# How a machine was told from a person; "scanner" is one of crm.campaign.scanner.
MACHINE_REASONS = [
    ("scanner", "Known Scanner"),
    ("head", "Request That Reads Nothing"),
    ("early", "Within Seconds of Departure"),
    ("burst", "Many Links at Once"),
]

RECORD_KINDS = [
    ("company", "Companies"),
    ("contact", "Contacts"),
    ("partner", "Companies and Contacts"),
    ("lead", "Leads and Opportunities"),
]

# Whose address reaches a contact who belongs to a company.
ADDRESS_RULES = [
    ("own", "The contact's own"),
    ("fallback", "The contact's, the company's where it is empty"),
    ("company", "Always the company's"),
]

# How a target came to name a record.
MEMBER_ORIGINS = [
    ("addition", "Added by Hand"),
    ("exclusion", "Excluded by Hand"),
    ("import", "Imported"),
]

# Ways to reach a person for which consent is asked.
CONSENT_CHANNELS = [
    ("email", "Email"),
    ("sms", "SMS"),
    ("phone", "Phone"),
    ("post", "Post"),
]

CONSENT_DECISIONS = [
    ("given", "Given"),
    ("refused", "Refused"),
    ("unknown", "Not Known"),
]

# How a decision came to us: part of its proof.
CONSENT_SOURCES = [
    ("manual", "Entered by a Colleague"),
    ("page", "Preference Page"),
    ("unsubscribe", "Unsubscribe Link"),
    ("one_click", "One-Click Unsubscribe"),
    ("merge", "Merged Contacts"),
]

IMPORT_STATES = [
    ("draft", "New"),
    ("queued", "Waiting"),
    ("done", "Done"),
    ("failed", "Failed"),
]

# What became of a line of an imported file.
IMPORT_STATUSES = [
    ("matched", "Recognised"),
    ("created", "Created"),
    ("ambiguous", "Ambiguous"),
    ("rejected", "Rejected"),
    ("duplicate", "Repeated"),
]
