"""Addresses of the Jams."""

from django.urls import path

from essaim.jams.views import answers, conductor, public, room

app_name = "jams"
urlpatterns = [
    path("jams/", public.jam_list, name="jams"),
    path("jams/rejoindre/", public.join, name="join"),
    path("jams/<slug:slug>/", public.jam, name="jam"),
    path("jams/<slug:slug>/retour/", public.come_back, name="return"),
    path("jams/<slug:slug>/cartes/", public.card_list, name="cards"),
    path("jams/<slug:slug>/propositions/", public.proposals_file, name="proposals"),
    path("jams/<slug:slug>/propositions/<int:number>/", public.proposal, name="proposal"),
    path("jams/<slug:slug>/propositions/<int:number>/modifier/", room.amend, name="amend"),
    path("jams/<slug:slug>/propositions/<int:number>/reponse/", answers.answer, name="answer"),
    path("jams/<slug:slug>/propositions/<int:number>/presenter/", room.submit, name="submit"),
    path("jams/<slug:slug>/propositions/<int:number>/abandonner/", room.abandon, name="abandon"),
    path("jams/<slug:slug>/salle/", room.room, name="room"),
    path("jams/<slug:slug>/salle/etat/", room.room_state, name="room_state"),
    path("jams/<slug:slug>/salle/carte/", room.write_card, name="card"),
    path("jams/<slug:slug>/salle/aide/", room.ask_help, name="ask_help"),
    path("jams/<slug:slug>/tables/<int:group>/proposition/", room.draft, name="draft"),
    path("jams/<slug:slug>/priorites/", room.dots, name="dots"),
    path("jams/<slug:slug>/conduite/", conductor.conduct, name="conduct"),
    path("jams/<slug:slug>/conduite/etat/", conductor.conduct_state, name="conduct_state"),
    path("jams/<slug:slug>/conduite/etape/", conductor.step, name="step"),
    path("jams/<slug:slug>/conduite/tables/<int:group>/aide/", conductor.answer_help, name="answer_help"),
    path("jams/<slug:slug>/ecran/", conductor.screen, name="screen"),
    path("jams/<slug:slug>/ecran/etat/", conductor.screen_state, name="screen_state"),
    path("jams/<slug:slug>/participants/", conductor.participants, name="participants"),
    path("jams/<slug:slug>/participants/<uuid:public_id>/code/", conductor.renew_code, name="renew_code"),
    path("jams/<slug:slug>/placement/", conductor.seating, name="seating"),
    path("jams/<slug:slug>/placement/arreter/", conductor.freeze, name="freeze"),
    path("jams/<slug:slug>/placement/deplacer/", conductor.move_seat, name="move_seat"),
    path("jams/<slug:slug>/reponses/", answers.answers, name="answers"),
    path("jams/<slug:slug>/reponses/clore/", answers.close, name="close_answers"),
]
