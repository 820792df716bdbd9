"""What is kept of people, object by object: the one table the privacy page and the retention tests read."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PUBLIC_TASK = _("mission d’intérêt public (RGPD, art. 6.1.e)")
LEGAL_DUTY = _("obligation légale (RGPD, art. 6.1.c)")
CONSENT = _("votre accord, que vous pouvez retirer (RGPD, art. 6.1.a)")


@dataclass(frozen=True)
class Kept:
    """One kind of object: what it is, why it is kept, on what ground, how long."""

    what: Promise
    why: Promise
    ground: Promise
    delay: Promise


RETENTION = (
    Kept(_("Compte"), _("vous reconnaître et vous écrire"), PUBLIC_TASK, _("3 ans après la dernière connexion")),
    Kept(
        _("Participation à un Jam"),
        _("vous placer à une table mélangée ; les critères de mélange ne servent qu’à cela"),
        CONSENT,
        _("les critères sont effacés à la date dite à l’inscription"),
    ),
    Kept(
        _("Brouillon de dossier abandonné"),
        _("vous laisser le reprendre"),
        PUBLIC_TASK,
        _("3 mois après la clôture de l’appel ; vous êtes averti 2 semaines avant"),
    ),
    Kept(
        _("Dossier refusé"),
        _("répondre à un recours"),
        PUBLIC_TASK,
        _("2 ans après la fin du dernier délai de recours"),
    ),
    Kept(
        _("Dossier financé, convention, versements"),
        _("rendre compte de l’argent public"),
        LEGAL_DUTY,
        _("10 ans (pièces comptables)"),
    ),
    Kept(_("Expertise"), _("fonder et expliquer la décision"), PUBLIC_TASK, _("autant que le dossier évalué")),
    Kept(_("Abonnement aux alertes"), _("vous avertir d’un appel"), CONSENT, _("jusqu’à ce que vous l’arrêtiez")),
    Kept(
        _("Journaux techniques"),
        _("la sécurité du site ; adresse réseau et heure"),
        LEGAL_DUTY,
        _("de 6 à 12 mois"),
    ),
)
