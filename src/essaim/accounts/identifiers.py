"""French identifiers of organisations, checked by their keys: no registry is asked, so none can block a filing.

SIREN: 9 digits, Luhn. SIRET: 14 digits, Luhn, except La Poste's establishments (SIREN 356000000), whose digits add up
to a multiple of 5. RNA: `W`, a department (overseas `W9M`…), 7 digits. A valid key does not mean an open establishment:
keep the date of the check, and say « vérifié hors ligne ».
"""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import InvalidChecksum
from stdnum.exceptions import ValidationError as WrongNumber
from stdnum.fr import siret as _siret

RNA = re.compile(r"^W\d[A-Z\d]\d{7}$")


def clean_siret(text: str) -> str:
    """The 14 digits of a SIRET typed with or without spaces; empty stays empty.

    Raises ValidationError with a sentence that says what is wrong with the number.
    """
    number = re.sub(r"[\s.\u00a0\u202f-]", "", text)
    if not number:
        return ""
    if not number.isascii() or not number.isdigit():
        raise ValidationError(_("Un SIRET ne contient que des chiffres : recopiez les 14 chiffres, sans lettre."))
    if len(number) == 9:
        raise ValidationError(
            _("Ces 9 chiffres sont un SIREN : ajoutez les 5 chiffres de l’établissement pour avoir un SIRET.")
        )
    if len(number) != 14:
        raise ValidationError(
            _("Un SIRET compte 14 chiffres : celui-ci en a %(count)s."), params={"count": len(number)}
        )
    try:
        return str(_siret.validate(number))
    except InvalidChecksum:
        raise ValidationError(_("La clé de ce SIRET est fausse : un chiffre a sans doute été mal recopié.")) from None
    except WrongNumber:
        raise ValidationError(_("Ce SIRET n’est pas valable : vérifiez-le sur votre avis de situation.")) from None


def clean_rna(text: str) -> str:
    """An RNA number in capitals, without spaces; empty stays empty. Raises ValidationError with a sentence."""
    number = re.sub(r"[\s.\u00a0\u202f-]", "", text).upper()
    if number and not RNA.match(number):
        raise ValidationError(
            _("Un numéro RNA commence par W suivi de 9 chiffres, par exemple W751234567 (outre-mer : W9M1000001).")
        )
    return number
