"""What was said in the invented Jam: cards by theme, and proposals with the answer each received.

The themes are those reported of 25 June 2013; the wording, the groups and the answers are invented.
"""

from __future__ import annotations

from dataclasses import dataclass

CARDS: dict[str, tuple[str, ...]] = {
    "fab labs": (
        "Un atelier de fabrication numérique dans chaque bassin de vie, ouvert le soir et le samedi.",
        "Partager les machines entre lycées, entreprises et habitants plutôt que d’en acheter trois.",
        "Financer un animateur, pas seulement une imprimante 3D.",
        "S’appuyer sur les espaces publics numériques qui existent déjà.",
        "Une carte publique des lieux, avec leurs horaires et leurs machines.",
        "Des camions-ateliers pour les cantons sans lieu.",
    ),
    "éducation": (
        "Une base publique de cours en ligne, libre de droits.",
        "Ouvrir les salles informatiques des écoles en dehors des heures de cours.",
        "Reconnaître ce qu’on apprend en fabriquant ensemble.",
        "Former les enseignants dans les tiers-lieux.",
    ),
    "alimentation": (
        "Simplifier les règles d’hygiène pour les repas partagés entre particuliers.",
        "Aider les groupements d’achat direct à louer un local public.",
        "Une étiquette simple pour les circuits courts.",
    ),
    "consommation": (
        "Informer le consommateur : qui est le vendeur, qui est responsable ?",
        "Un modèle d’assurance pour le prêt d’objets entre voisins.",
        "Afficher la durée de vie des produits réparables.",
    ),
    "production": (
        "Ouvrir les marchés publics aux petites séries locales.",
        "Des plans libres pour les meubles des écoles.",
        "Relier les artisans et les fab labs par les chambres de métiers.",
    ),
    "intrapreneuriat": (
        "Donner dix jours par an aux agents pour un projet transversal.",
        "Un concours interne d’idées avec un budget, même petit.",
        "Un mentor pour chaque agent qui lance un service.",
    ),
    "fiscalité": (
        "Un barème clair pour ceux qui gagnent un peu sur les plateformes.",
        "Un seuil sous lequel on ne déclare rien.",
        "Une déclaration pré-remplie par les plateformes.",
    ),
    "statut": (
        "Un label pour les entreprises collaboratives qui partagent la valeur.",
        "Un statut entre association et société.",
        "Une charte publique des plateformes, avec contrôle.",
    ),
    "financement": (
        "Un prêt d’honneur pour les projets portés par plusieurs associations.",
        "Abonder les campagnes de financement participatif locales.",
        "Publier qui reçoit quoi, et pourquoi.",
    ),
}


@dataclass(frozen=True, slots=True)
class InventedProposal:
    """A group's proposal and the answer it was given."""

    round: int
    group: int
    title: str
    theme: str
    problem: str
    lever: str
    who_acts: str
    dissent: str
    verdict: str
    reason: str


PROPOSALS: tuple[InventedProposal, ...] = (
    InventedProposal(
        1, 1, "Une base publique de cours en ligne", "éducation",
        "Les cours existent, mais épars, et leurs droits ne permettent pas de les reprendre.",
        "Ouvrir une base commune de cours sous licence libre, alimentée par les établissements volontaires.",
        "Ministère chargé de l’éducation, universités", "Une partie du groupe craint une base sans modération.",
        "studied", "L’idée rejoint un chantier en cours ; un rapport en dira la faisabilité et le coût avant la fin de l’année.",
    ),
    InventedProposal(
        1, 2, "Des repas partagés en règle", "alimentation",
        "Les repas entre particuliers se développent sans règle d’hygiène adaptée.",
        "Un guide d’une page et une déclaration simple à la mairie.",
        "Ministère chargé de l’agriculture, mairies", "",
        "studied", "Un guide peut être écrit à droit constant ; le service compétent est saisi.",
    ),
    InventedProposal(
        1, 3, "Savoir à qui l’on achète", "consommation",
        "Sur une plateforme, l’acheteur ne sait pas si le vendeur est un professionnel.",
        "Rendre obligatoire une mention claire avant le paiement.",
        "Direction chargée de la consommation", "",
        "retained", "L’information du consommateur sera renforcée ; la mention figurera dans le prochain texte.",
    ),
    InventedProposal(
        1, 4, "Des plans libres pour les meubles des écoles", "production",
        "Les collectivités achètent loin ce que des ateliers voisins sauraient fabriquer.",
        "Publier des plans libres et permettre les petites séries dans les marchés publics.",
        "Collectivités, chambres de métiers", "Le groupe est partagé sur la garantie des meubles.",
        "declined", "Les règles de sécurité du mobilier scolaire ne permettent pas d’y déroger par une simple publication de plans.",
    ),
    InventedProposal(
        1, 5, "Dix jours par an pour un projet transversal", "intrapreneuriat",
        "Les agents qui ont des idées n’ont pas de temps reconnu pour les essayer.",
        "Ouvrir dix jours par an, sur projet, avec un mentor.",
        "Administrations volontaires", "",
        "studied", "Deux administrations volontaires feront l’essai ; la généralisation dépendra de leur bilan.",
    ),
    InventedProposal(
        1, 6, "Les salles des écoles ouvertes le soir", "éducation",
        "Des salles équipées restent fermées dès 17 heures.",
        "Une convention type entre la commune, l’école et une association.",
        "Communes, rectorats", "",
        "studied", "Une convention type sera rédigée avec des communes volontaires.",
    ),
    InventedProposal(
        2, 1, "Un barème pour les revenus des plateformes", "fiscalité",
        "Ceux qui gagnent un peu sur les plateformes ne savent pas ce qu’ils doivent déclarer.",
        "Un barème simple avec un seuil au-dessous duquel rien n’est dû.",
        "Administration fiscale", "Le niveau du seuil n’a pas fait accord.",
        "studied", "La question relève de la loi de finances ; elle est transmise avec les arguments du groupe.",
    ),
    InventedProposal(
        2, 2, "Des ateliers de fabrication sur tout le territoire", "fab labs",
        "Les ateliers de fabrication numérique naissent dans quelques grandes villes ; ailleurs, l’élan retombe faute de moyens.",
        "Un appel à projets qui aide les lieux existants à s’équiper, à s’ouvrir et à se faire connaître, partout en France.",
        "Ministère chargé de l’économie numérique, collectivités", "Deux participants préféraient financer d’abord des animateurs.",
        "retained", "Un appel à projets est ouvert le jour même : il aidera le développement des ateliers de fabrication numérique.",
    ),
    InventedProposal(
        2, 3, "Un label pour les entreprises collaboratives", "statut",
        "Le mot « collaboratif » sert à tout.",
        "Un label public fondé sur le partage de la valeur.",
        "Ministère chargé de l’économie", "La moitié du groupe craint un label de plus.",
        "declined", "Un label de l’État figerait un secteur qui se cherche ; une charte portée par les acteurs paraît préférable.",
    ),
    InventedProposal(
        2, 4, "Abonder le financement participatif local", "financement",
        "Les projets de quartier trouvent des donateurs, pas de prêteurs.",
        "Un euro public pour un euro de citoyen, dans une enveloppe fermée.",
        "Collectivités, banque publique", "",
        "studied", "Le cadre juridique du financement participatif est en préparation ; l’idée y sera examinée.",
    ),
    InventedProposal(
        2, 5, "Dire qui reçoit quoi, et pourquoi", "financement",
        "Les candidats refusés n’apprennent ni la décision ni ses raisons.",
        "Publier les décisions, les critères, et répondre à chacun.",
        "Tous les services qui attribuent des aides", "",
        "retained", "Le prochain appel publiera ses règles et ses résultats, avec une raison pour chaque dossier.",
    ),
    InventedProposal(
        2, 6, "Une assurance pour le prêt entre voisins", "consommation",
        "On n’ose pas prêter sa perceuse.",
        "Un contrat type d’assurance collective pour les associations de prêt.",
        "Assureurs, associations", "",
        "declined", "Le marché propose déjà de tels contrats ; l’intervention de l’État n’y ajouterait rien.",
    ),
)  # fmt: skip
