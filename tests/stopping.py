"""Someone presses « Arrêter le calcul » while a job computes."""

from django.db import connection

from essaim.kernel import tasks


def stopping_at(moment):
    """A context in which the job being done is asked to stop once it has told its progress `moment` times."""
    told = 0

    def wrapper(execute, sql, params, many, context):
        nonlocal told
        answer = execute(sql, params, many, context)
        if "progress_sentence" in sql and sql.startswith("UPDATE"):
            told += 1
            if told == moment:
                tasks.cancel(tasks.current_job())
        return answer

    return connection.execute_wrapper(wrapper)
