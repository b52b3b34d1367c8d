# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""Write demo/contacts.csv: 5,000 invented people and companies of a French customer base.

The file is as messy as a real one, and nobody real can be reached with it: domains are reserved
by RFC 2606 and RFC 6761, telephone numbers are of the ranges that the French numbering plan keeps
for fiction; else nothing is written. Same bytes on every run, whatever the Python.

    python dev/generate_contacts.py            write the file
    python dev/generate_contacts.py --check    status 1 when the committed file differs
"""

import argparse
import csv
import io
import random
import re
import sys
import unicodedata
from pathlib import Path
from typing import NamedTuple

import contacts_words as words

PATH = Path(__file__).resolve().parent.parent / "demo" / "contacts.csv"
SEED = 2026
ROWS = 5000
COMPANIES = 700

SHARED = ("street", "street2", "zip", "city", "country_code", "category")
SAFE_DOMAIN = re.compile(r"(^|\.)(example\.(com|org|net)|example|test)$")
PLAIN_EMAIL = re.compile(r"[^@\s<>,]+@[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)


class Place(NamedTuple):
    """A town as an address names it."""

    country: str
    zip: str
    city: str

    @property
    def department(self) -> str:
        """First two digits of a French zip, "" abroad."""
        return self.zip[:2] if self.country == "FR" else ""


class Person(NamedTuple):
    """Who somebody is: a generation of words.GENERATIONS, names, year of birth."""

    generation: tuple
    first: str
    last: str
    woman: bool
    born: int


class Company(NamedTuple):
    """What people take from their company: its row, its domain ("" = none), email pattern."""

    row: dict
    place: Place
    domain: str
    pattern: str


def fold(text: str) -> str:
    """Return the text in ASCII: accents dropped, ligatures spelled out."""
    for letter, plain in (("œ", "oe"), ("Œ", "OE"), ("Ł", "L"), ("ł", "l"), ("’", "'")):
        text = text.replace(letter, plain)
    return unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode()


def local_part(text: str, hyphen: str = "-") -> str:
    """Return a name as an email address writes it: ``L'Hostis`` -> ``lhostis``."""
    return re.sub(r"[^a-z-]", "", fold(text).lower()).replace("-", hyphen)


def of_town(text: str, city: str) -> str:
    """Put a town into a name, its article contracted: ``de {town}`` -> ``du Mans``."""
    text = text.replace("{town}", city).replace("de Les ", "des ").replace("de Le ", "du ")
    return re.sub(r"\bde (?=[AEÉIOUY])", "d'", text)


class Generator:
    """Draw the rows one after the other, companies first. ``build`` is used once."""

    def __init__(self):
        self.random = random.Random(SEED)
        self.rows = []
        self.companies = []
        self.originals = []  # rows of people who may be entered a second time
        self.used = set()  # email addresses and domains given, only looked up

    def build(self) -> list[dict]:
        """Return the rows, dicts whose keys are words.COLUMNS and whose values are all text."""
        while len(self.rows) < COMPANIES:
            self._add_company()
        while len(self.rows) < ROWS:
            self._add_people()
        self._add_curiosities()
        return self.rows

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _weighted(self, pairs):
        """Return the value of one of the (weight, value) pairs."""
        weights, values = zip(*pairs, strict=True)
        return self.random.choices(values, weights)[0]

    def _front(self, items):
        """Return an item, those of the front more often."""
        return items[int(len(items) * self.random.random() * self.random.random())]

    def _place(self) -> Place:
        dice = self.random.random()
        if dice < 0.045:
            return Place(*self.random.choice(words.TOWNS_ABROAD).split(" ", 2))
        towns = words.TOWNS_WEST if dice < 0.295 else words.TOWNS_ELSEWHERE
        return Place("FR", *self.random.choice(towns).split(" ", 1))

    def _surname(self, place: Place) -> str:
        local = self._chance(0.55 if place.department in words.WEST else 0.04)
        return self._front(words.SURNAMES_WEST if local else words.SURNAMES)

    def _between(self, low: int, high: int) -> int:
        return low + int((high + 1 - low) * self.random.random())

    def _person(self, place: Place, since: int = 0, spouse: Person | None = None) -> Person:
        """Draw somebody born after ``since`` or so; a spouse gives surname and generation."""
        groups = [(group[0][2], group) for group in words.GENERATIONS if group[0][1] > since]
        group = spouse.generation if spouse else self._weighted(groups)
        (first_year, last_year, _weight), men, women = group
        woman = not spouse.woman if spouse else self._chance(0.5)
        first = self._front(women if woman else men)
        last = spouse.last if spouse else self._surname(place)
        return Person(group, first, last, woman, self._between(first_year, last_year))

    def _phone(self, place: Place, mobile: float) -> str:
        """Return a number of the ranges for fiction, ``mobile`` being the share of mobiles."""
        zone = "06"
        if place.department and not self._chance(mobile):
            zones = words.PHONE_ZONES.items()
            zone = next((key for key, where in zones if place.department in where.split()), "02")
        digits = f"{words.FICTION_RANGES[zone]}{self._between(0, 9999):04d}"
        formats = words.PHONE_FORMATS if place.department else words.PHONE_FORMATS_ABROAD
        return self._weighted(formats).format(*digits[1:])

    def _address(self, place: Place, streets: tuple[str, ...]) -> dict:
        """Return the values of the address columns."""
        street = self.random.choice(streets)
        if not street.startswith(("ZA", "ZI", "parc", "hameau")) or self._chance(0.4):
            bis = self.random.choice((" bis, ", ", ", ", ", ", ", " ", " ", " ", " ", " ", " "))
            street = f"{self._front(range(1, 140))}{bis}{street}"
        return {
            "street": street if self._chance(0.97) else "",
            "street2": self._front(words.STREETS2) if self._chance(0.11) else "",
            "zip": place.zip,
            "city": place.city,
            "country_code": place.country,
        }

    def _row(self, place: Place, **values) -> dict:
        """Return a row with its defaults."""
        english = self._chance(0.02 if place.country == "FR" else 0.15)
        defaults = {
            "is_company": "0",
            "lang": "en_US" if english else "fr_FR",
            "active": "0" if self._chance(0.02) else "1",
            "comment": self.random.choice(words.COMMENTS) if self._chance(0.025) else "",
        }
        return dict.fromkeys(words.COLUMNS, "") | defaults | values

    def _add(self, row: dict):
        """Give the row its reference and keep it."""
        row["reference"] = f"C{len(self.rows) + 1:05d}"
        self.rows.append(row)

    def _add_company(self):
        place = self._place()
        name, is_press = self._company_name(place)
        domain = self._company_domain(name, place) if self._chance(0.75) else ""
        email = f"{self.random.choice(words.MAILBOXES)}@{domain}"
        if not domain:
            email = self._unique(self._slug(name, "."), self._front(words.PROVIDERS))
        row = self._row(
            place,
            is_company="1",
            name=name,
            email=email,
            phone=self._phone(place, 0.2) if self._chance(0.92) else "",
            category="Presse" if is_press else self._weighted(words.CATEGORIES_OF_COMPANIES),
            **self._address(place, words.STREETS + words.STREETS_BUSINESS * 3),
        )
        self._add(row)
        pattern = self.random.choice(words.COMPANY_EMAILS)
        self.companies.append(Company(dict(row), place, domain, pattern))
        self._mess_up(row)

    def _company_name(self, place: Place) -> tuple[str, bool]:
        """Return a name and whether it is of the press."""
        surname, other = self._surname(place), self._surname(place)
        if self._chance(0.34):
            return self.random.choice(words.FIRMS).format(a=surname, b=other), False
        trade, _colon, fancies = self.random.choice(words.TRADES).partition(" : ")
        is_press = trade.endswith(" P")
        trade = trade.removesuffix(" P")
        name = f"{trade} {surname}"
        if is_press or self._chance(0.42):
            name = of_town(f"{trade} {self.random.choice(fancies.split('; '))}", place.city)
        if not is_press and self._chance(0.22):
            legal = self._front(words.LEGAL_FORMS)
            name = f"{legal} {name}" if self._chance(0.6) else f"{name} {legal}"
        return name, is_press

    def _slug(self, name: str, hyphen: str) -> str:
        """Return up to three words of a company's name, as its domain or mailbox has them."""
        parts = re.findall(r"[a-z]+", fold(name).lower().replace("'", ""))
        return hyphen.join([part for part in parts if part not in words.NO_SLUG][:3])

    def _company_domain(self, name: str, place: Place) -> str:
        slug = self._slug(name, "-" if self._chance(0.7) else "")
        end = self._weighted(words.DOMAIN_ENDS)
        domain, number = slug + end, 1
        while domain in self.used:
            number += 1
            domain = f"{slug}-{local_part(place.city)}{number if number > 2 else ''}{end}"
        self.used.add(domain)
        return domain

    def _add_people(self):
        """Add one person, a couple, or somebody who is there already."""
        if self._chance(0.021) and len(self.originals) > 50:
            self._add_duplicate()
        elif self._chance(0.45):
            self._add_employee(self._front(self.companies))
        else:
            self._add_private(self._place())

    def _add_employee(self, company: Company):
        person = self._person(company.place, since=1955)
        row = self._person_row(company.place, person)
        title = self._front(words.FUNCTIONS).split("|")[-1 if person.woman else 0]
        row |= {key: company.row[key] for key in SHARED}
        row["company_reference"] = company.row["reference"]
        row["function"] = title if self._chance(0.8) else ""
        own_phone = self._phone(company.place, 0.6) if self._chance(0.8) else ""
        row["phone"] = company.row["phone"] if self._chance(0.3) else own_phone
        row["email"] = self._email(person, company.pattern, company.domain)
        shared = self._chance(0.12)
        row["email"] = company.row["email"] if shared else row["email"]
        self._finish_person(row, is_original=not shared)

    def _add_private(self, place: Place):
        """Add a private person, now and then with the other half of the couple."""
        person = self._person(place)
        row = self._person_row(place, person)
        row |= self._address(place, words.STREETS)
        row["category"] = self._weighted(words.CATEGORIES_OF_PEOPLE)
        row["phone"] = self._phone(place, 0.65) if self._chance(0.85) else ""
        row["email"] = self._email(person)
        home = {key: row[key] for key in (*SHARED, "phone", "email")}
        self._finish_person(row)
        if len(self.rows) < ROWS and self._chance(0.035):
            other = self._person_row(place, self._person(place, spouse=person)) | home
            self._finish_person(other, is_original=False)

    def _person_row(self, place: Place, person: Person) -> dict:
        last = person.last.upper() if self._chance(0.07) else person.last
        name = f"{last} {person.first}" if self._chance(0.03) else f"{person.first} {last}"
        birthdate = f"{person.born}-{self._between(1, 12):02d}-{self._between(1, 28):02d}"
        return self._row(place, name=name, birthdate=birthdate if self._chance(0.62) else "")

    def _finish_person(self, row: dict, is_original: bool = True):
        """Keep a person; an original may be entered a second time later."""
        self._mess_up(row)
        if is_original and PLAIN_EMAIL.fullmatch(row["email"]):
            self.originals.append(row)
        self._add(row)

    def _email(self, person: Person, pattern: str = "", domain: str = "") -> str:
        """Return an address at a domain after its pattern, or a private one without a domain."""
        if not domain:
            pattern, domain = self._weighted(words.PRIVATE_EMAILS), self._front(words.PROVIDERS)
        first, last, year = local_part(person.first), local_part(person.last, ""), person.born % 100
        local = pattern.format(first=first, f=first[0], last=last, year=f"{year:02d}")
        return self._unique(local, domain)

    def _unique(self, local: str, domain: str) -> str:
        """Return an address not given yet, with a number when there is need of one."""
        email, number = f"{local}@{domain}", 1
        while email in self.used:
            number += self._between(1, 30)
            email = f"{local}{number}@{domain}"
        self.used.add(email)
        return email

    def _add_duplicate(self):
        """Enter somebody a second time: same address, name spelled differently."""
        original = self.originals.pop(self._between(0, len(self.originals) - 1))
        name = original["name"]
        first, _space, last = name.partition(" ")
        spellings = [fold(name), name.upper(), f"{first[0]}. {last}", f"{last} {first}"]
        row = original | {
            "name": self.random.choice([text for text in spellings if text != name]),
            "email": original["email"].lower(),
            "birthdate": original["birthdate"] if self._chance(0.3) else "",
            "phone": original["phone"] if self._chance(0.5) else "",
            "street": original["street"] if self._chance(0.6) else "",
            "comment": "",
        }
        self._add(row)

    def _mess_up(self, row: dict):
        """Do to a clean row what years of typing and importing do."""
        row["email"] = self._mess_up_email(row["email"], row["name"])
        if self._chance(0.02):
            row["zip"] = ""
        elif row["zip"].startswith("0") and self._chance(0.12):
            row["zip"] = row["zip"][1:]
        if self._chance(0.06):
            row["city"] = fold(row["city"]).upper()
        elif self._chance(0.04):
            row["city"] = row["city"].replace("-", " ").replace("Saint ", "St ")
        for column in ("name", "street", "city"):
            row[column] = row[column].replace(" ", "  " if self._chance(0.01) else " ", 1)
        row["name"] += " " if self._chance(0.005) else ""

    def _mess_up_email(self, email: str, name: str) -> str:
        chances = (
            (85.6, email),
            (9, ""),
            (1.6, self._malformed(*email.split("@"))),
            (1.8, email.upper()),
            (1, ".".join(part.capitalize() for part in email.split("."))),
            (1, f"{name} <{email}>".replace('"', "")),
        )
        return self._weighted(chances)

    def _malformed(self, local: str, domain: str) -> str:
        """Return one of the usual typing errors; the domain stays a reserved one."""
        spaced = re.sub("[.-]|$", " ", local, count=1)
        error = self.random.choice(words.MALFORMED_EMAILS)
        return error.format(local=local, domain=domain, spaced=spaced)

    def _add_curiosities(self):
        """Put in what happens once: rare letters, and spreadsheet accidents."""
        people = [row for row in self.rows if row["is_company"] == "0" and row["active"] == "1"]
        step = len(people) // (len(words.RARE_NAMES) + 3)
        for number, name in enumerate(words.RARE_NAMES, start=3):
            local = ".".join(local_part(part) for part in name.split())
            people[number * step] |= {"name": name, "email": f"{local}@{words.PROVIDERS[0]}"}
        people[step]["name"] = "=" + people[step]["name"]
        people[2 * step]["comment"] = "+ sa sœur, même adresse"


def check_safe(rows: list[dict]):
    """Make sure that nobody real is written to or called.

    :raise ValueError: a domain that is not reserved, or a number outside the ranges for fiction
    """
    ranges = tuple(digits[1:] for digits in words.FICTION_RANGES.values())
    for row in rows:
        _local, at, domain = row["email"].rpartition("@")
        domain = domain.strip(" ,>").lower()
        if at and domain and not SAFE_DOMAIN.search(domain):
            raise ValueError(f"{row['reference']}: {row['email']} could reach somebody")
        digits = re.sub(r"\D", "", row["phone"])[-9:]
        if digits and not digits.startswith(ranges):
            raise ValueError(f"{row['reference']}: {row['phone']} could ring somewhere")


def make_csv() -> bytes:
    """Return the bytes of the file: UTF-8, comma separated, one header line, ``\\n`` line ends."""
    check_safe(rows := Generator().build())
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, words.COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode("utf-8")


def main() -> int:
    """Write the file, or compare it; return the exit status."""
    parser = argparse.ArgumentParser(description="Generate demo/contacts.csv.")
    parser.add_argument("--check", action="store_true", help="fail when the file differs")
    options = parser.parse_args()
    content = make_csv()
    if options.check:
        same = PATH.exists() and PATH.read_bytes() == content
        sys.stdout.write("" if same else f"{PATH} differs from what {Path(__file__).name} makes\n")
        return 0 if same else 1
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_bytes(content)
    sys.stdout.write(f"{PATH}: {ROWS} rows, {len(content)} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
