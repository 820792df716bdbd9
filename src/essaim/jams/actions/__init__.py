"""Writes of the Jam that are not a move: people arriving, seats, clock, cards, proposals, dots."""

from essaim.jams.actions.forgetting import forget_attributes
from essaim.jams.actions.loading import load_jam
from essaim.jams.actions.people import come_back, register, renew_code
from essaim.jams.actions.priorities import give_dots
from essaim.jams.actions.rounds import answer_help, ask_help, end_round, start_round
from essaim.jams.actions.seating import freeze_seating, move_seat, price_of_move, seat_rounds
from essaim.jams.actions.writing import amend_proposal, draft_proposal, write_card

__all__ = [
    "amend_proposal",
    "answer_help",
    "ask_help",
    "come_back",
    "draft_proposal",
    "end_round",
    "forget_attributes",
    "freeze_seating",
    "give_dots",
    "load_jam",
    "move_seat",
    "price_of_move",
    "register",
    "renew_code",
    "seat_rounds",
    "start_round",
    "write_card",
]
