# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""The account that `make demo` gives: what the database says beside what was seen outside."""

import sys

from demo_people import Acts, is_complete, is_targeted, read_contacts

LABELS = {
    "sent": "envoyés",
    "delivered": "distribués",
    "opened": "ouverts",
    "clicked": "cliqués",
    "machine_opened": "ouverts par machines",
    "machine_clicked": "cliqués par machines",
    "replied": "réponses",
    "bounced": "retours",
    "unsubscribed": "désinscrits",
}


def say(text: str = ""):
    """Write a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def print_account(execution, outside: dict[str, set[str]]):
    """Print the waterfall, then the tracking line beside what happened outside the database."""
    say(f"\nQui reçoit « {execution.operation_id.name} »")
    say(f"    {'ciblés':<22}{execution.targeted_count:>6}")
    for line in execution.exclusion_summary:
        say(f"  − {line['label']:<22}{line['count']:>6}")
    say(f"  = {'inclus':<22}{execution.included_count:>6}")
    say(f"    {'envoyés':<22}{execution.sent_count:>6}")
    rates = {"opened": execution.opened_rate, "clicked": execution.clicked_rate}
    say(f"\n{'Ce qui s’ensuit':<26}{'base':>6}{'au dehors':>12}")
    for figure, addresses in outside.items():
        line = f"    {LABELS[figure]:<22}{execution[f'{figure}_count']:>6}{len(addresses):>12}"
        share = f"{100 * rates.get(figure, 0):>7.1f} % des distribués".replace(".", ",")
        say(line + (share if figure in rates else ""))


def check_sending(execution, accepted: list[str], letters: list) -> list[tuple[bool, str]]:
    """Check who was written to, as pairs of (holds, sentence).

    :param list[str] accepted: addresses as the SMTP server accepted them, one a message
    :param list[Letter] letters: the messages it kept
    """
    targeted = sum(map(is_targeted, read_contacts()))
    included, excluded = execution.included_count, execution.excluded_count
    reasons = sum(line["count"] for line in execution.exclusion_summary)
    unsettled = [
        ("execution_id", "=", execution.id),
        ("state", "in", ("pending", "sending", "unknown")),
    ]
    unsettled = execution.env["crm.campaign.recipient"].search_count(unsettled)
    sent = {execution.sent_count, len(accepted), len(set(accepted)), len(letters)}
    same = find_addresses(execution, "included") == set(accepted)
    return [
        (execution.targeted_count == targeted, f"ciblés = lignes visées du fichier ({targeted})"),
        (execution.targeted_count == included + excluded, "ciblés = inclus + exclus"),
        (excluded == reasons, "chaque exclu a son motif"),
        (sent == {included}, f"inclus = envoyés = acceptés = adresses distinctes ({included})"),
        (same, "les adresses servies par SMTP sont celles des inclus"),
        (not unsettled, "personne en attente, en cours d'envoi ou au sort inconnu"),
        (all(map(is_complete, letters)), "aucun champ de fusion n'est resté dans les messages"),
    ]


def check_tracking(execution, outside: dict, acts: Acts) -> list[tuple[bool, str]]:
    """Check what came back, as pairs of (holds, sentence)."""
    checks = []
    for figure, addresses in outside.items():
        same = find_addresses(execution, figure) == addresses
        same = same and execution[f"{figure}_count"] == len(addresses)
        checks.append((same, f"{LABELS[figure]} : même nombre, mêmes adresses"))
    env = execution.env
    refusals = env["crm.campaign.consent"].search(
        [("execution_id", "=", execution.id), ("decision", "=", "refused")]
    )
    recorded = set(refusals.mapped("address")) == acts.unsubscribed
    checks.append((recorded, "le refus de la personne désinscrite est consigné"))
    answer = env["mail.message"].search([("message_id", "=", acts.reply_id)])
    domain = [("execution_id", "=", execution.id), ("email", "in", list(acts.repliers))]
    partner = env["crm.campaign.recipient"].search(domain).partner_id
    place = (answer.model, answer.res_id) == ("res.partner", partner.id)
    checks.append((place, f"la réponse est dans le fil de discussion de {partner.name}"))
    return checks


def find_addresses(execution, figure: str) -> set[str]:
    """Return the addresses of the rows behind a figure of the execution."""
    domain = [("execution_id", "=", execution.id), *execution._get_figure_domain(figure)]
    return set(execution.env["crm.campaign.recipient"].search(domain).mapped("email"))
