"""The acts on reference data that leave a line in the journal. Nothing here has states."""

from django.utils.translation import gettext_lazy as _

from essaim.kernel import journal

REFERENCE_LOADED = journal.declare(
    "places.reference_loaded", label=_("Le territoire de référence a été mis à jour."), public=["added", "changed"]
)
IMPORTED = journal.declare(
    "places.imported", label=_("Des lieux connus ont été importés."), public=["added", "changed", "unchanged"]
)
INVENTED = journal.declare(
    "places.invented", label=_("Des lieux de démonstration ont été inventés."), public=["added", "changed", "unchanged"]
)
