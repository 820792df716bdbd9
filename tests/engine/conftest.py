"""Properties are judged by their answers: on a busy machine one slow example is not a failure."""

from hypothesis import settings

settings.register_profile("engine", deadline=None)
settings.load_profile("engine")
